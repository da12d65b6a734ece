package io.ottla.replication.isr;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionRequest.BrokerState;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.replication.partition.IsrChanges;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends proposals of leaders to the controller, all that have gathered in one AlterPartition request, one request at a time.
 * What no controller has answered is sent again, for as long as it takes. Confined to its loop, but {@link #propose} may be
 * called from any thread.
 */
public final class AlterPartitionSender implements IsrChanges {

    private static final Logger LOG = LoggerFactory.getLogger(AlterPartitionSender.class);

    static final short VERSION = 3;
    static final long BACKOFF_MIN_MS = 50;
    static final long BACKOFF_MAX_MS = 1_000;

    private static final int NAMED_IN_LOG = 5;

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final LongConsumer onStaleEpoch;
    private final PeerChannel controller;
    private final EventExecutor loop;

    /** At most one proposal for each partition; bounded by the partitions that this broker leads. */
    private final Map<TopicPartition, Open> open = new LinkedHashMap<>();

    private boolean busy;
    private long backoffMs = BACKOFF_MIN_MS;

    private record Open(Proposal proposal, CompletableFuture<Answer> answer) {}

    /**
     * @param brokerEpoch of this broker's registration; any thread
     * @param onStaleEpoch told, on the loop, of each epoch that a controller has refused as over
     * @param controller the way to whoever is the controller at the moment of a request
     */
    public AlterPartitionSender(
            int brokerId,
            LongSupplier brokerEpoch,
            LongConsumer onStaleEpoch,
            PeerChannel controller,
            EventExecutor loop) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.onStaleEpoch = onStaleEpoch;
        this.controller = controller;
        this.loop = loop;
    }

    @Override
    public CompletionStage<Answer> propose(Proposal proposal) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> {
            Open older = open.put(proposal.partition(), new Open(proposal, answer));
            if (older != null) {
                // Only a newer leadership proposes while an answer is due; the controller fences the older one.
                older.answer.complete(Answer.failed(ErrorCode.FENCED_LEADER_EPOCH));
            }
            if (!busy) {
                busy = true;
                // What the other loops are about to propose goes along.
                loop.execute(this::send);
            }
        });
        return answer;
    }

    private void send() {
        List<Open> batch = List.copyOf(open.values());
        if (batch.isEmpty()) {
            busy = false;
            return;
        }
        AlterPartitionRequest request = request(batch);
        long epoch = request.brokerEpoch();
        var unused = controller.<AlterPartitionResponse>send(request, VERSION).whenComplete((response, failure) -> {
            if (loop.inEventLoop()) {
                onEnd(batch, epoch, response, failure);
            } else {
                loop.execute(() -> onEnd(batch, epoch, response, failure));
            }
        });
    }

    private AlterPartitionRequest request(List<Open> batch) {
        Map<UUID, AlterPartitionRequest.TopicData> topics = new LinkedHashMap<>();
        for (Open each : batch) {
            Proposal proposal = each.proposal;
            List<BrokerState> isr = new ArrayList<>();
            for (IsrMember member : proposal.isr()) {
                isr.add(new BrokerState().setBrokerId(member.brokerId()).setBrokerEpoch(member.brokerEpoch()));
            }
            topics.computeIfAbsent(proposal.topicId(), id -> new AlterPartitionRequest.TopicData()
                            .setTopicId(id)
                            .setPartitions(new ArrayList<>()))
                    .partitions()
                    .add(new AlterPartitionRequest.PartitionData()
                            .setPartitionIndex(proposal.partition().partition())
                            .setLeaderEpoch(proposal.leaderEpoch())
                            .setPartitionEpoch(proposal.partitionEpoch())
                            .setNewIsrWithEpochs(isr));
        }
        return new AlterPartitionRequest()
                .setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch.getAsLong())
                .setTopics(new ArrayList<>(topics.values()));
    }

    private void onEnd(
            List<Open> batch, long epoch, @Nullable AlterPartitionResponse response, @Nullable Throwable failure) {
        if (failure != null || response == null) {
            LOG.info("AlterPartition could not be sent: {}", String.valueOf(failure));
            retryLater();
            return;
        }
        if (response.errorCode() != ErrorCode.NONE.code()) {
            LOG.info("AlterPartition was refused: {}", ErrorCode.forCode(response.errorCode()));
            if (response.errorCode() == ErrorCode.STALE_BROKER_EPOCH.code()) {
                onStaleEpoch.accept(epoch);
            }
            retryLater();
            return;
        }
        backoffMs = BACKOFF_MIN_MS;
        tell(batch);
        Map<UUID, Map<Integer, Answer>> answers = answersOf(response);
        Map<ErrorCode, Integer> refused = new EnumMap<>(ErrorCode.class);
        for (Open each : batch) {
            Proposal proposal = each.proposal;
            Answer answer = answers.getOrDefault(proposal.topicId(), Map.of())
                    .getOrDefault(proposal.partition().partition(), Answer.failed(ErrorCode.UNKNOWN_SERVER_ERROR));
            if (answer.error() != ErrorCode.NONE) {
                refused.merge(answer.error(), 1, Integer::sum);
            }
            open.remove(proposal.partition(), each);
            each.answer.complete(answer);
        }
        tellRefused(batch, refused);
        send();
    }

    /** A line each for all that change in the same way together: thousands do when a broker dies or comes back. */
    private static void tell(List<Open> batch) {
        String leaving = named(batch, Proposal::shrinks);
        if (!leaving.isEmpty()) {
            LOG.warn("replicas lag behind, and are to leave the ISRs of {}", leaving);
        }
        String joining = named(batch, Proposal::expands);
        if (!joining.isEmpty()) {
            LOG.info("replicas have caught up, and are to join the ISRs of {}", joining);
        }
    }

    private static String named(List<Open> batch, Predicate<Proposal> kind) {
        List<Proposal> chosen =
                batch.stream().map(each -> each.proposal).filter(kind).toList();
        String some = chosen.stream()
                .limit(NAMED_IN_LOG)
                .map(proposal -> proposal.partition() + " " + proposal.before() + " to " + proposal.brokerIds())
                .collect(Collectors.joining(", "));
        int others = chosen.size() - NAMED_IN_LOG;
        return some + (others > 0 ? " and " + others + " other partitions" : "");
    }

    private static void tellRefused(List<Open> batch, Map<ErrorCode, Integer> refused) {
        if (!refused.isEmpty()) {
            LOG.info("of {} changes of ISRs the controller has refused some: {}", batch.size(), refused);
        }
    }

    private static Map<UUID, Map<Integer, Answer>> answersOf(AlterPartitionResponse response) {
        Map<UUID, Map<Integer, Answer>> answers = new HashMap<>();
        for (AlterPartitionResponse.TopicData topic : response.topics()) {
            Map<Integer, Answer> byIndex = answers.computeIfAbsent(topic.topicId(), id -> new HashMap<>());
            for (AlterPartitionResponse.PartitionData data : topic.partitions()) {
                byIndex.put(
                        data.partitionIndex(),
                        new Answer(
                                ErrorCode.forCode(data.errorCode()),
                                data.leaderEpoch(),
                                data.isr(),
                                data.partitionEpoch()));
            }
        }
        return answers;
    }

    private void retryLater() {
        var unused = loop.schedule(this::send, backoffMs, TimeUnit.MILLISECONDS);
        backoffMs = Math.min(BACKOFF_MAX_MS, backoffMs * 2);
    }
}
