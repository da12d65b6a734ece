package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.BatchCursor;
import io.ottla.protocol.record.CorruptRecordsException;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the bytes of one shard's log into records and ends of transactions, in order. Confined to one load, which uses it
 * on one thread at a time.
 */
final class LogDecoder {
    private static final Logger log = LoggerFactory.getLogger(LogDecoder.class);

    private final String shard;
    private final RecordFormat format;
    private final RecordCursor cursor;
    private final Set<Short> reportedTypes = new HashSet<>();

    LogDecoder(String shard, RecordFormat format, RecordCursor cursor) {
        this.shard = shard;
        this.format = format;
        this.cursor = cursor;
    }

    /**
     * Reads whole batches.
     *
     * @throws CorruptRecordsException if the bytes are no batches
     */
    List<LogEntry> decode(ByteBuf batches) {
        List<LogEntry> entries = new ArrayList<>();
        BatchCursor batch = new BatchCursor(batches, batches.readerIndex(), batches.readableBytes());
        while (batch.next() == BatchCursor.Step.BATCH) {
            readBatch(batches, batch.position(), entries);
        }
        if (batch.step() != BatchCursor.Step.END) {
            throw new CorruptRecordsException(batch.fault());
        }
        return entries;
    }

    private void readBatch(ByteBuf batches, int position, List<LogEntry> entries) {
        long producerId = RecordBatch.producerId(batches, position);
        boolean transactional = RecordBatch.isTransactional(batches, position);
        cursor.open(batches, position);
        try {
            if (RecordBatch.isControl(batches, position)) {
                readMarker(producerId, entries);
            } else {
                readRecords(transactional, producerId, entries);
            }
        } finally {
            cursor.close();
        }
    }

    private void readMarker(long producerId, List<LogEntry> entries) {
        while (cursor.next()) {
            if (EndTransactionMarker.isMarker(cursor)) {
                entries.add(new TransactionEnd(
                        producerId, EndTransactionMarker.read(cursor).outcome()));
            }
        }
    }

    private void readRecords(boolean transactional, long producerId, List<LogEntry> entries) {
        while (cursor.next()) {
            ByteBuf key = cursor.key();
            if (key == null) {
                throw new CorruptRecordsException(
                        "record at offset " + cursor.offset() + " of " + shard + " has no key");
            }
            short type = RecordFormat.typeOf(key);
            CoordinatorRecord record = format.read(key, cursor.value());
            if (record != null) {
                entries.add(transactional ? new TransactionalRecord(producerId, record) : record);
            } else if (reportedTypes.add(type)) {
                log.warn(
                        "{}: records of unknown type {} are skipped, the first at offset {}; a newer broker may have"
                                + " written them",
                        shard,
                        type,
                        cursor.offset());
            }
        }
    }
}
