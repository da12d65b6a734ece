package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.RecordFormat;
import io.ottla.broker.coordinator.runtime.RecordType;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.TransactionLogKey;
import io.ottla.protocol.message.TransactionLogValue;
import io.ottla.protocol.message.TransactionLogValue.PartitionsSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The records of {@code __transaction_state}. */
final class TransactionRecords {
    static final int TRANSACTION = 0;

    static final RecordFormat FORMAT =
            new RecordFormat(List.of(new RecordType(TRANSACTION, TransactionLogKey::new, TransactionLogValue::new)));

    /** What Apache Kafka 3.9 writes. */
    static final short CLASSIC_VERSION = 0;
    /** Has room for what transactions of version 2 need; Apache Kafka 3.9 reads it. */
    static final short TAGGED_VERSION = 1;

    private static final short NO_EPOCH = -1;

    private TransactionRecords() {}

    static CoordinatorRecord of(Transaction transaction, short version) {
        ProducerIdentity producer = transaction.producer();
        TransactionLogValue value = new TransactionLogValue()
                .setProducerId(producer.id())
                .setProducerEpoch(producer.epoch())
                .setTransactionTimeoutMs(transaction.times().timeoutMs())
                .setTransactionStatus(transaction.status().id())
                .setTransactionPartitions(partitionsOf(transaction))
                .setTransactionStartTimestampMs(transaction.times().startMs())
                .setTransactionLastUpdateTimestampMs(transaction.times().updatedMs());
        if (version >= TAGGED_VERSION) {
            long nextId = transaction.owner().nextId();
            value.setPreviousProducerId(transaction.owner().previousId())
                    .setNextProducerId(nextId)
                    .setNextProducerEpoch(nextId == ProducerIdentity.NO_ID ? NO_EPOCH : (short) 0)
                    .setClientTransactionVersion(transaction.clientVersion());
        }
        return CoordinatorRecord.of(TRANSACTION, key(transaction.id()), version, value);
    }

    private static @Nullable List<PartitionsSchema> partitionsOf(Transaction transaction) {
        if (transaction.status() == TransactionStatus.EMPTY) {
            return null;
        }
        List<PartitionsSchema> topics = new ArrayList<>();
        PartitionsSchema last = null;
        for (TopicPartition partition : transaction.partitions()) {
            if (last == null || !last.topic().equals(partition.topic())) {
                last = new PartitionsSchema().setTopic(partition.topic());
                topics.add(last);
            }
            last.partitionIds().add(partition.partition());
        }
        return topics;
    }

    static CoordinatorRecord tombstone(String transactionalId) {
        return CoordinatorRecord.tombstone(TRANSACTION, key(transactionalId));
    }

    private static TransactionLogKey key(String transactionalId) {
        return new TransactionLogKey().setTransactionalId(transactionalId);
    }

    static Transaction read(String transactionalId, TransactionLogValue value) {
        TreeSet<TopicPartition> partitions = new TreeSet<>();
        List<PartitionsSchema> topics = value.transactionPartitions();
        if (topics != null) {
            topics.forEach(topic -> topic.partitionIds()
                    .forEach(partition -> partitions.add(new TopicPartition(topic.topic(), partition))));
        }
        return new Transaction(
                transactionalId,
                new Transaction.Owner(
                        new ProducerIdentity(value.producerId(), value.producerEpoch()),
                        value.previousProducerId(),
                        value.nextProducerId()),
                TransactionStatus.forId(value.transactionStatus()),
                partitions,
                new Transaction.Times(
                        value.transactionTimeoutMs(),
                        value.transactionStartTimestampMs(),
                        value.transactionLastUpdateTimestampMs()),
                value.clientTransactionVersion());
    }
}
