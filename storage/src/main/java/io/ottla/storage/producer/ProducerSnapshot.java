package io.ottla.storage.producer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The content of a {@code <offset>.snapshot} file: the producers of a partition as of that offset, exclusive. All integers
 * are big-endian.
 *
 * <pre>
 *  bytes  field
 *      2  version                          1
 *      4  CRC32C of all that follows
 *      4  number of producers, then for each 46 bytes:
 *      8    producer id
 *      2    producer epoch
 *      4    last sequence                  -1 if only markers are known
 *      8    last offset                    -1 likewise
 *      4    offset delta of the last batch
 *      8    timestamp in milliseconds
 *      4    coordinator epoch              -1 before any marker
 *      8    first offset of the open transaction, -1 without
 * </pre>
 *
 * <p>Only the last batch of a producer is kept: after a restart a retry of an older one is out of order, as in Apache Kafka.
 */
final class ProducerSnapshot {
    private static final short VERSION = 1;
    private static final int CRC_AT = 2;
    private static final int ENTRIES_AT = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshot() {}

    static byte[] encode(List<ProducerState> states) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + states.size() * ENTRY_BYTES);
        out.putShort(VERSION).putInt(0).putInt(states.size());
        for (ProducerState state : states) {
            out.putLong(state.producerId());
            out.putShort(state.epoch());
            out.putInt(state.lastSequence());
            out.putLong(state.lastOffset());
            out.putInt(state.lastOffsetDelta());
            out.putLong(state.lastTimestamp());
            out.putInt(state.coordinatorEpoch());
            out.putLong(state.transactionFirstOffset());
        }
        out.putInt(CRC_AT, (int) crc(out.array()));
        return out.array();
    }

    /**
     * Reads the states of a snapshot.
     *
     * @throws CorruptSnapshotException if the version is unknown, the checksum or the length wrong, or a producer named twice
     */
    static List<ProducerState> decode(byte[] content) throws CorruptSnapshotException {
        if (content.length < HEADER_BYTES) {
            throw new CorruptSnapshotException(content.length + " bytes, expected at least " + HEADER_BYTES);
        }
        ByteBuffer in = ByteBuffer.wrap(content);
        short version = in.getShort();
        if (version != VERSION) {
            throw new CorruptSnapshotException("version " + version + ", expected " + VERSION);
        }
        long stored = Integer.toUnsignedLong(in.getInt());
        long computed = crc(content);
        if (stored != computed) {
            throw new CorruptSnapshotException(
                    "checksum " + stored + ", expected " + computed + ", that of the content");
        }
        int count = in.getInt();
        if (count < 0 || in.remaining() != (long) count * ENTRY_BYTES) {
            throw new CorruptSnapshotException(
                    in.remaining() + " bytes for " + count + " producers, expected " + ENTRY_BYTES + " for each");
        }
        List<ProducerState> states = new ArrayList<>(count);
        Set<Long> ids = new HashSet<>(count * 2);
        for (int i = 0; i < count; i++) {
            ProducerState state = decodeEntry(in);
            if (!ids.add(state.producerId())) {
                throw new CorruptSnapshotException("producer " + state.producerId() + " is named twice");
            }
            states.add(state);
        }
        return states;
    }

    private static ProducerState decodeEntry(ByteBuffer in) {
        ProducerState state = new ProducerState(in.getLong());
        short epoch = in.getShort();
        int lastSequence = in.getInt();
        long lastOffset = in.getLong();
        int offsetDelta = in.getInt();
        long timestamp = in.getLong();
        int coordinatorEpoch = in.getInt();
        long transactionFirstOffset = in.getLong();
        if (lastOffset >= 0) {
            state.onBatch(epoch, lastSequence, lastOffset, offsetDelta, timestamp);
        }
        state.restore(
                epoch,
                coordinatorEpoch,
                timestamp,
                transactionFirstOffset >= 0 ? transactionFirstOffset : ProducerState.NO_OFFSET);
        return state;
    }

    private static long crc(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, ENTRIES_AT, content.length - ENTRIES_AT);
        return crc.getValue();
    }
}
