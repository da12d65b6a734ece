package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeTransactionsRequest;
import io.ottla.protocol.message.DescribeTransactionsResponse;
import io.ottla.protocol.message.DescribeTransactionsResponse.TopicData;
import io.ottla.protocol.message.ListTransactionsRequest;
import io.ottla.protocol.message.ListTransactionsResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Transactions as operators see them. Any thread; as {@link TransactionCoordinator}. */
public final class TransactionAdministration {
    private final TransactionCoordinator coordinator;
    private final ShardServices services;

    TransactionAdministration(TransactionCoordinator coordinator, ShardServices services) {
        this.coordinator = coordinator;
        this.services = services;
    }

    /** Describes transactional ids, in the order asked for. */
    public CompletableFuture<DescribeTransactionsResponse> describe(DescribeTransactionsRequest request) {
        List<CompletableFuture<DescribeTransactionsResponse.TransactionState>> asked = new ArrayList<>();
        for (String id : request.transactionalIds()) {
            CompletableFuture<DescribeTransactionsResponse.TransactionState> described =
                    coordinator.runtime().query(coordinator.partitionFor(id), shard -> describe(shard, id));
            asked.add(described.exceptionally(cause -> new DescribeTransactionsResponse.TransactionState()
                    .setTransactionalId(id)
                    .setErrorCode(TransactionErrors.of(cause).code())));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    DescribeTransactionsResponse response = new DescribeTransactionsResponse();
                    asked.forEach(state -> response.transactionStates().add(state.join()));
                    return response;
                });
    }

    private static DescribeTransactionsResponse.TransactionState describe(TransactionShard shard, String id) {
        Transaction found = id.isEmpty() ? null : shard.store().find(id);
        if (found == null) {
            throw id.isEmpty()
                    ? new ApiException(ErrorCode.INVALID_REQUEST, "a transactional id is empty")
                    : new ApiException(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, "transactional id '" + id + "'");
        }
        DescribeTransactionsResponse.TransactionState described = new DescribeTransactionsResponse.TransactionState()
                .setTransactionalId(id)
                .setTransactionState(found.status().wireName())
                .setTransactionTimeoutMs(found.times().timeoutMs())
                .setTransactionStartTimeMs(found.times().startMs())
                .setProducerId(found.producer().id())
                .setProducerEpoch(found.producer().epoch());
        TopicData last = null;
        for (TopicPartition partition : found.partitions()) {
            if (last == null || !last.topic().equals(partition.topic())) {
                last = new TopicData().setTopic(partition.topic());
                described.topics().add(last);
            }
            last.partitions().add(partition.partition());
        }
        return described;
    }

    /** Lists the transactional ids coordinated here that pass the filters, by partition and id. */
    public CompletableFuture<ListTransactionsResponse> list(ListTransactionsRequest request) {
        Pattern pattern;
        try {
            pattern = patternOf(request.transactionalIdPattern());
        } catch (PatternSyntaxException e) {
            return CompletableFuture.completedFuture(
                    new ListTransactionsResponse().setErrorCode(ErrorCode.INVALID_REGULAR_EXPRESSION.code()));
        }
        ListTransactionsResponse response = new ListTransactionsResponse();
        Predicate<Transaction> cheap = filter(request, response);
        List<CompletableFuture<List<Transaction>>> asked = new ArrayList<>();
        for (int partition : coordinator.runtime().partitions()) {
            asked.add(coordinator.runtime().query(partition, shard -> shard.store()
                    .select(cheap)));
        }
        CompletableFuture<?>[] settled = asked.stream()
                .map(found -> found.handle((listed, cause) -> ErrorCode.NONE))
                .toArray(CompletableFuture<?>[]::new);
        // An expression may take long, so it is matched by a worker.
        CompletableFuture<Void> all = CompletableFuture.allOf(settled);
        CompletableFuture<Void> elsewhere = pattern == null ? all : all.thenRunAsync(() -> {}, services.workers());
        return elsewhere.thenApply(done -> {
            asked.forEach(found -> collect(found, pattern, response));
            return response;
        });
    }

    private static @Nullable Pattern patternOf(@Nullable String expression) {
        return expression == null || expression.isEmpty() ? null : Pattern.compile(expression);
    }

    private Predicate<Transaction> filter(ListTransactionsRequest request, ListTransactionsResponse response) {
        Set<TransactionStatus> states = EnumSet.noneOf(TransactionStatus.class);
        for (String name : request.stateFilters()) {
            TransactionStatus status = TransactionStatus.forName(name);
            if (status == null) {
                response.unknownStateFilters().add(name);
            } else {
                states.add(status);
            }
        }
        Set<Long> producers = Set.copyOf(request.producerIdFilters());
        long nowMs = services.clock().millis();
        long durationMs = request.durationFilter();
        boolean anyState = request.stateFilters().isEmpty();
        return transaction -> (anyState || states.contains(transaction.status()))
                && (producers.isEmpty()
                        || producers.contains(transaction.producer().id()))
                && (durationMs < 0 || nowMs - transaction.times().startMs() > durationMs);
    }

    private static void collect(
            CompletableFuture<List<Transaction>> found, @Nullable Pattern pattern, ListTransactionsResponse response) {
        if (found.isCompletedExceptionally()) {
            ErrorCode error = found.handle((listed, cause) -> TransactionCoordinator.errorOf(cause))
                    .join();
            // A shard that was given up meanwhile has nothing to list; its new owner has.
            if (error != ErrorCode.NOT_COORDINATOR) {
                response.setErrorCode(error.code());
            }
            return;
        }
        for (Transaction transaction : found.join()) {
            if (pattern == null || pattern.matcher(transaction.id()).matches()) {
                response.transactionStates()
                        .add(new ListTransactionsResponse.TransactionState()
                                .setTransactionalId(transaction.id())
                                .setProducerId(transaction.producer().id())
                                .setTransactionState(transaction.status().wireName()));
            }
        }
    }
}
