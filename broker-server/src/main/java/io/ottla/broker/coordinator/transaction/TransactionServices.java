package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * What the transaction coordinator needs of the rest of the broker. Any thread.
 *
 * @param producerIds ids that nobody else gets
 * @param markers writes the ends of transactions
 * @param exists whether a partition exists
 * @param offsetsOf the partition in which the offsets of a group are kept
 * @param transactionVersion the finalized level of the feature {@code transaction.version}, 0 if there is none
 */
public record TransactionServices(
        ProducerIdSupply producerIds,
        MarkerSender markers,
        Predicate<TopicPartition> exists,
        Function<String, TopicPartition> offsetsOf,
        IntSupplier transactionVersion) {

    /** Port: hands out producer ids. */
    @FunctionalInterface
    public interface ProducerIdSupply {
        CompletableFuture<Long> next();
    }
}
