package io.ottla.sim.oracle;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.check.StoredRecord;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.sim.client.SimConsumer;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has ever been below a high watermark of one partition, batch by batch: all replicas must agree on it for ever. */
final class Committed {
    private static final int READ_BYTES = 1 << 20;

    private final TopicPartition partition;
    private final TreeMap<Long, Batch> batches = new TreeMap<>();
    private final boolean cleaned;
    private long endOffset;

    private record Batch(long nextOffset, int leaderEpoch, long crc) {}

    /** @param cleaned whether records may vanish out of batches, and batches with them, at some replicas earlier than at others */
    Committed(TopicPartition partition, boolean cleaned) {
        this.partition = partition;
        this.cleaned = cleaned;
    }

    /** What is committed ends here, exclusive. */
    long endOffset() {
        return endOffset;
    }

    /**
     * Holds a replica's batches below its high watermark against what is known, and learns of new ones.
     *
     * @return up to where it has been compared
     */
    long compare(String replica, LogView view, long from) {
        long next = Math.max(from, view.logStartOffset());
        while (next < view.highWatermark()) {
            ByteBuf bytes = read(view, next, view.highWatermark());
            if (bytes.readableBytes() < RecordBatch.RECORDS_AT) {
                return next; // A fault of the disk; another look will follow.
            }
            next = walk(replica, view, bytes, next);
        }
        return next;
    }

    private long walk(String replica, LogView view, ByteBuf bytes, long from) {
        long next = from;
        int at = bytes.readerIndex();
        while (next < view.highWatermark()
                && bytes.writerIndex() - at >= RecordBatch.RECORDS_AT
                && bytes.writerIndex() - at >= RecordBatch.sizeBytes(bytes, at)) {
            long base = RecordBatch.baseOffset(bytes, at);
            Batch found = new Batch(
                    RecordBatch.nextOffset(bytes, at), RecordBatch.leaderEpoch(bytes, at), RecordBatch.crc(bytes, at));
            check(replica, base, found);
            next = found.nextOffset;
            at += RecordBatch.sizeBytes(bytes, at);
        }
        return next;
    }

    private void check(String replica, long base, Batch found) {
        Batch known = batches.get(base);
        if (known == null && base >= endOffset) {
            batches.put(base, found);
            endOffset = found.nextOffset;
            return;
        }
        if (!found.equals(known) && !(cleaned && (known == null || known.leaderEpoch == found.leaderEpoch))) {
            Map.Entry<Long, Batch> around = batches.floorEntry(base);
            throw new SimulationFailure(
                    "replicas agree below the high watermark",
                    partition.toString(),
                    replica + " has " + found + " at " + base + " of " + partition + ", committed is "
                            + (known != null ? known : around),
                    null);
        }
    }

    /** All records below the high watermark of a log. */
    static List<StoredRecord> records(TopicPartition partition, LogView view) {
        List<StoredRecord> found = new ArrayList<>();
        long next = view.logStartOffset();
        while (next < view.highWatermark()) {
            ByteBuf bytes = read(view, next, view.highWatermark());
            int at = bytes.readerIndex();
            while (bytes.writerIndex() - at >= RecordBatch.RECORDS_AT
                    && bytes.writerIndex() - at >= RecordBatch.sizeBytes(bytes, at)) {
                found.addAll(SimConsumer.Batches.read(partition.partition(), bytes, at));
                next = RecordBatch.nextOffset(bytes, at);
                at += RecordBatch.sizeBytes(bytes, at);
            }
            if (at == bytes.readerIndex()) {
                throw new SimulationFailure(
                        "a log can be read",
                        partition.toString(),
                        partition + " at offset " + next + ": " + why(view, next),
                        null);
            }
        }
        return found;
    }

    /** Why a read yields nothing, in words. */
    private static String why(LogView view, long from) {
        FetchedRecords records = view.read(from, READ_BYTES, view.highWatermark(), LogView.FirstBatch.WHOLE);
        try {
            FileRange range = records.range();
            if (range != null) {
                ByteBuf copy = Unpooled.buffer();
                range.readInto(copy, 0, range.sizeBytes());
                return range.sizeBytes() + " bytes of a file, read " + copy.readableBytes();
            }
            return records.error() + " from " + view;
        } catch (IOException e) {
            return e + " from " + view;
        } finally {
            records.release();
        }
    }

    /** Some batches before an offset; nothing if they cannot be read. */
    static ByteBuf read(LogView view, long from, long end) {
        FetchedRecords records = view.read(from, READ_BYTES, end, LogView.FirstBatch.WHOLE);
        try {
            ByteBuf copy = Unpooled.buffer();
            ByteBuf inMemory = records.buffer();
            FileRange range = records.range();
            if (records.error() == ErrorCode.NONE && inMemory != null) {
                copy.writeBytes(inMemory, inMemory.readerIndex(), inMemory.readableBytes());
            } else if (records.error() == ErrorCode.NONE && range != null) {
                range.readInto(copy, 0, range.sizeBytes());
            }
            return copy;
        } catch (IOException e) {
            return Unpooled.EMPTY_BUFFER;
        } finally {
            records.release();
        }
    }
}
