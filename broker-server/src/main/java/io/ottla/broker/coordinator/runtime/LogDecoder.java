package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.BatchCursor;
import io.ottla.protocol.record.CorruptRecordsException;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the bytes of one shard's log into records, in order. Records of a transaction come when its marker says that it
 * committed, or never. Confined to one load, which uses it on one thread at a time.
 */
final class LogDecoder {
    private static final Logger log = LoggerFactory.getLogger(LogDecoder.class);

    private final String shard;
    private final RecordFormat format;
    private final RecordCursor cursor;
    private final Map<Long, List<CoordinatorRecord>> openTransactions = new HashMap<>();
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
    List<CoordinatorRecord> decode(ByteBuf batches) {
        List<CoordinatorRecord> records = new ArrayList<>();
        BatchCursor batch = new BatchCursor(batches, batches.readerIndex(), batches.readableBytes());
        while (batch.next() == BatchCursor.Step.BATCH) {
            readBatch(batches, batch.position(), records);
        }
        if (batch.step() != BatchCursor.Step.END) {
            throw new CorruptRecordsException(batch.fault());
        }
        return records;
    }

    private void readBatch(ByteBuf batches, int position, List<CoordinatorRecord> records) {
        long producerId = RecordBatch.producerId(batches, position);
        cursor.open(batches, position);
        try {
            if (RecordBatch.isControl(batches, position)) {
                readMarker(producerId, records);
            } else if (RecordBatch.isTransactional(batches, position)) {
                readRecords(openTransactions.computeIfAbsent(producerId, id -> new ArrayList<>()));
            } else {
                readRecords(records);
            }
        } finally {
            cursor.close();
        }
    }

    private void readMarker(long producerId, List<CoordinatorRecord> records) {
        while (cursor.next()) {
            if (EndTransactionMarker.isMarker(cursor)) {
                List<CoordinatorRecord> ended = openTransactions.remove(producerId);
                if (ended != null
                        && EndTransactionMarker.read(cursor).outcome() == EndTransactionMarker.Outcome.COMMIT) {
                    records.addAll(ended);
                }
            }
        }
    }

    private void readRecords(List<CoordinatorRecord> records) {
        while (cursor.next()) {
            ByteBuf key = cursor.key();
            if (key == null) {
                throw new CorruptRecordsException(
                        "record at offset " + cursor.offset() + " of " + shard + " has no key");
            }
            short type = RecordFormat.typeOf(key);
            CoordinatorRecord record = format.read(key, cursor.value());
            if (record != null) {
                records.add(record);
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
