package io.ottla.sim.client;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeTransactionsRequest;
import io.ottla.protocol.message.DescribeTransactionsResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.sim.client.ClientNode.CoordinatorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks coordinators for all that they know of groups and transactional ids, until each has answered. Used once. */
public final class Inquiry {
    private static final short OFFSET_FETCH_VERSION = 8;
    private static final short DESCRIBE_VERSION = 0;
    private static final long BACKOFF_MS = 100;

    private final ClientNode node;
    private final Map<String, String> answers = new TreeMap<>();
    private final Map<String, Long> offsets = new TreeMap<>();
    private int open;

    public Inquiry(ClientNode node) {
        this.node = node;
    }

    public void ask(List<String> groups, List<String> transactionalIds) {
        open = groups.size() + transactionalIds.size();
        groups.forEach(this::askForOffsets);
        transactionalIds.forEach(this::askForTransaction);
    }

    public boolean isAnswered() {
        return open == 0;
    }

    /** By group and transactional id, in words. */
    public Map<String, String> answers() {
        return answers;
    }

    /** The offset that a group has committed for the first partition of the first topic; -1 if none. */
    public long offset(String group) {
        return offsets.getOrDefault(group, -1L);
    }

    private <R extends ApiMessage> void ask(
            CoordinatorKind kind, String key, ApiMessage request, short version, Function<R, @Nullable String> answer) {
        var unused = node.findCoordinator(kind, key).thenAccept(found -> {
            if (found.isEmpty()) {
                node.later(BACKOFF_MS, () -> ask(kind, key, request, version, answer));
                return;
            }
            var unusedSent = node.<R>send(found.get(), request, version).whenComplete((response, failure) -> {
                String known = response == null ? null : answer.apply(response);
                if (known == null) {
                    node.later(BACKOFF_MS, () -> ask(kind, key, request, version, answer));
                } else {
                    answers.put(kind + " " + key, known);
                    open--;
                }
            });
        });
    }

    private void askForOffsets(String group) {
        OffsetFetchRequest request = new OffsetFetchRequest().setRequireStable(true);
        request.groups()
                .add(new OffsetFetchRequest.OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(null));
        this.<OffsetFetchResponse>ask(CoordinatorKind.GROUP, group, request, OFFSET_FETCH_VERSION, response -> {
            OffsetFetchResponse.OffsetFetchResponseGroup told =
                    response.groups().get(0);
            if (told.errorCode() != ErrorCode.NONE.code()) {
                return null;
            }
            Map<String, String> found = new TreeMap<>();
            boolean[] unstable = new boolean[1];
            told.topics().forEach(topic -> topic.partitions().forEach(partition -> {
                unstable[0] |= partition.errorCode() != ErrorCode.NONE.code();
                offsets.putIfAbsent(group, partition.committedOffset());
                found.put(
                        topic.name() + "-" + partition.partitionIndex(),
                        partition.committedOffset() + " in epoch " + partition.committedLeaderEpoch());
            }));
            return unstable[0] ? null : found.toString();
        });
    }

    private void askForTransaction(String id) {
        DescribeTransactionsRequest request = new DescribeTransactionsRequest();
        request.setTransactionalIds(new ArrayList<>(List.of(id)));
        this.<DescribeTransactionsResponse>ask(CoordinatorKind.TRANSACTION, id, request, DESCRIBE_VERSION, response -> {
            DescribeTransactionsResponse.TransactionState state =
                    response.transactionStates().get(0);
            ErrorCode error = ErrorCode.forCode(state.errorCode());
            // One that is about to be complete is not yet what it will be.
            boolean settled = state.transactionState().startsWith("Complete")
                    || state.transactionState().equals("Empty");
            return error.retriable() || (error == ErrorCode.NONE && !settled) ? null : state.toString();
        });
    }
}
