package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.Journal;
import io.ottla.broker.coordinator.runtime.JournaledMap;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.TransactionLogKey;
import io.ottla.protocol.message.TransactionLogValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the log says of all transactional ids of a shard. Confined to the shard's loop. */
final class TransactionStore {
    /** From this level of {@code transaction.version} on records have room for tags. */
    private static final int FIRST_TAGGED_LEVEL = 1;

    private final JournaledMap<String, Transaction> transactions;
    private final IntSupplier transactionVersion;

    /** @param transactionVersion the finalized level of the feature {@code transaction.version} */
    TransactionStore(Journal journal, IntSupplier transactionVersion) {
        this.transactions = new JournaledMap<>(journal);
        this.transactionVersion = transactionVersion;
    }

    void replay(CoordinatorRecord record) {
        if (!(record.key() instanceof TransactionLogKey key)) {
            throw new IllegalArgumentException("record of type " + record.type() + " is none of this topic");
        }
        TransactionLogValue value = (TransactionLogValue) record.value();
        String id = key.transactionalId();
        transactions.set(id, value == null ? null : TransactionRecords.read(id, value));
    }

    /**
     * The record that makes the log say {@code transaction}. At level 0 of the feature it is the one that Apache Kafka 3.9
     * writes, but for a transaction that a client began or ended as of version 2 before the level was lowered.
     */
    CoordinatorRecord recordOf(Transaction transaction) {
        boolean tagged = transactionVersion.getAsInt() >= FIRST_TAGGED_LEVEL || transaction.needsTags();
        return TransactionRecords.of(
                transaction, tagged ? TransactionRecords.TAGGED_VERSION : TransactionRecords.CLASSIC_VERSION);
    }

    /** All that the log says, in words. */
    SortedMap<String, String> image() {
        SortedMap<String, String> image = new TreeMap<>();
        transactions.view().forEach((id, transaction) -> image.put(id, transaction.toString()));
        return image;
    }

    @Nullable
    Transaction find(String transactionalId) {
        return transactions.get(transactionalId);
    }

    /**
     * The transaction that a producer means.
     *
     * @throws ApiException INVALID_PRODUCER_ID_MAPPING if the transactional id is not of this producer id
     */
    Transaction require(String transactionalId, long producerId) {
        Transaction found = find(transactionalId);
        if (found == null) {
            throw new ApiException(
                    ErrorCode.INVALID_PRODUCER_ID_MAPPING, "transactional id '" + transactionalId + "' is not known");
        }
        if (found.producer().id() != producerId) {
            throw new ApiException(
                    ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                    "transactional id '" + transactionalId + "' belongs to " + found.producer() + ", not to producer "
                            + producerId);
        }
        return found;
    }

    /**
     * The transaction of a producer that may write.
     *
     * @throws ApiException INVALID_PRODUCER_ID_MAPPING as {@link #require}, PRODUCER_FENCED if it has another epoch
     */
    Transaction requireCurrent(String transactionalId, ProducerIdentity producer) {
        Transaction found = require(transactionalId, producer.id());
        if (found.producer().epoch() != producer.epoch()) {
            throw fenced(transactionalId, producer, found.producer());
        }
        return found;
    }

    static ApiException fenced(String transactionalId, ProducerIdentity producer, ProducerIdentity current) {
        return new ApiException(
                ErrorCode.PRODUCER_FENCED,
                "transactional id '" + transactionalId + "': " + producer + " is fenced by " + current);
    }

    /** The transactions that {@code wanted} accepts, ascending by transactional id; a copy. */
    List<Transaction> select(Predicate<Transaction> wanted) {
        List<Transaction> selected = new ArrayList<>();
        for (Transaction transaction : transactions.view().values()) {
            if (wanted.test(transaction)) {
                selected.add(transaction);
            }
        }
        selected.sort(Comparator.comparing(Transaction::id));
        return selected;
    }
}
