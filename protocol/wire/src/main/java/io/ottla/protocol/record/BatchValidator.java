package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendRules.KeyPolicy;
import io.ottla.protocol.record.BatchVerdict.Accepted;
import io.ottla.protocol.record.BatchVerdict.Rejected;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a leader may append the payload that one partition has in a produce request, and brings the batch into
 * the form that the topic stores. Confined to its caller; reusable.
 *
 * <p>The payload must be exactly one batch of magic 2, within the size bound and with a right checksum. Its header must
 * agree with itself. The records of an uncompressed batch are walked once: structure, consecutive offsets, keys,
 * timestamps. A compressed batch is opened only if the topic demands what its header cannot tell: keys, another codec, or
 * a lower bound of timestamps. The upper bound is held against the max timestamp of the header, which is what retention and
 * the time index go by; only a batch beyond it is opened, to name the records.
 *
 * <p>The batch is changed in place where that suffices: the broker's timestamp, or a max timestamp that its records belie.
 * Offsets and the leader epoch are the caller's to assign, and outside of the checksum.
 */
public final class BatchValidator {
    /** The first version of the Produce API whose clients know zstd (KIP-110). */
    private static final int FIRST_VERSION_WITH_ZSTD = 7;

    private final RecordCursor records;
    private @Nullable BatchCursor batches;

    public BatchValidator() {
        this(RecordCursor.DEFAULT_MAX_UNCOMPRESSED_BYTES);
    }

    /** A validator that refuses batches which uncompress to more than {@code maxUncompressedBytes}. */
    public BatchValidator(int maxUncompressedBytes) {
        records = new RecordCursor(maxUncompressedBytes);
    }

    /**
     * Checks the readable bytes of {@code payload}, whose reader index stays.
     *
     * @param origin a client, or a coordinator of this broker, which may also write control records
     * @param produceVersion version of the Produce request; a coordinator's counts as the newest
     * @param nowMs wall clock, in milliseconds since the epoch
     */
    public BatchVerdict validate(
            ByteBuf payload, AppendRules rules, AppendOrigin origin, int produceVersion, long nowMs) {
        Rejected rejected = checkFraming(payload, rules);
        if (rejected == null) {
            rejected = checkHeader(payload, payload.readerIndex(), origin, produceVersion);
        }
        return rejected != null ? rejected : checkRecords(payload, rules, nowMs);
    }

    private @Nullable Rejected checkFraming(ByteBuf payload, AppendRules rules) {
        int position = payload.readerIndex();
        BatchCursor cursor = cursorOver(payload);
        switch (cursor.next()) {
            case BATCH -> {}
            case END -> {
                return Rejected.of(ErrorCode.INVALID_RECORD, "no record batch, expected exactly one");
            }
            case TRUNCATED, OLD_MAGIC -> {
                return Rejected.of(ErrorCode.INVALID_RECORD, cursor.fault());
            }
            case CORRUPT -> {
                return Rejected.of(ErrorCode.CORRUPT_MESSAGE, cursor.fault());
            }
        }
        int sizeBytes = RecordBatch.sizeBytes(payload, position);
        if (sizeBytes != payload.readableBytes()) {
            return Rejected.of(
                    ErrorCode.INVALID_RECORD,
                    (payload.readableBytes() - sizeBytes)
                            + " bytes after the record batch, expected exactly one batch");
        }
        if (sizeBytes > rules.maxBatchBytes()) {
            return tooLarge(sizeBytes, rules);
        }
        if (!RecordBatch.isCrcValid(payload, position)) {
            return Rejected.of(
                    ErrorCode.CORRUPT_MESSAGE,
                    "checksum of the batch is " + RecordBatch.crc(payload, position) + ", its bytes have "
                            + RecordBatch.computeCrc(payload, position));
        }
        return null;
    }

    private BatchCursor cursorOver(ByteBuf payload) {
        BatchCursor cursor = batches;
        if (cursor == null) {
            cursor = new BatchCursor(payload, payload.readerIndex(), payload.readableBytes());
            batches = cursor;
        } else {
            cursor.reset(payload, payload.readerIndex(), payload.readableBytes());
        }
        return cursor;
    }

    private static Rejected tooLarge(int sizeBytes, AppendRules rules) {
        return Rejected.of(
                ErrorCode.MESSAGE_TOO_LARGE,
                "record batch of " + sizeBytes + " bytes exceeds max.message.bytes " + rules.maxBatchBytes());
    }

    private static @Nullable Rejected checkHeader(
            ByteBuf buffer, int position, AppendOrigin origin, int produceVersion) {
        CompressionCodec codec = RecordBatch.codec(buffer, position);
        if (codec == null) {
            return Rejected.of(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "codec id " + (RecordBatch.attributes(buffer, position) & RecordBatch.CODEC_MASK)
                            + " is unknown, expected 0 to 4");
        }
        if (codec == CompressionCodec.ZSTD && produceVersion < FIRST_VERSION_WITH_ZSTD) {
            return Rejected.of(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "zstd in a Produce request of version " + produceVersion + ", allowed from "
                            + FIRST_VERSION_WITH_ZSTD);
        }
        int count = RecordBatch.recordCount(buffer, position);
        int lastOffsetDelta = RecordBatch.lastOffsetDelta(buffer, position);
        if (count <= 0 || lastOffsetDelta != count - 1) {
            return Rejected.of(
                    ErrorCode.INVALID_RECORD,
                    "record count " + count + " and last offset delta " + lastOffsetDelta
                            + ", expected at least one record and a delta one less than the count");
        }
        return origin == AppendOrigin.CLIENT ? checkClientHeader(buffer, position) : null;
    }

    private static @Nullable Rejected checkClientHeader(ByteBuf buffer, int position) {
        if (RecordBatch.isControl(buffer, position)) {
            return Rejected.of(ErrorCode.INVALID_RECORD, "clients may not write control records");
        }
        if (RecordBatch.baseOffset(buffer, position) != 0) {
            return Rejected.of(
                    ErrorCode.INVALID_RECORD,
                    "base offset of the batch is " + RecordBatch.baseOffset(buffer, position) + ", expected 0");
        }
        if (RecordBatch.hasProducerId(buffer, position) && RecordBatch.baseSequence(buffer, position) < 0) {
            return Rejected.of(
                    ErrorCode.INVALID_RECORD,
                    "base sequence of producer " + RecordBatch.producerId(buffer, position) + " is "
                            + RecordBatch.baseSequence(buffer, position) + ", expected 0 or more");
        }
        if (RecordBatch.isTransactional(buffer, position) && !RecordBatch.hasProducerId(buffer, position)) {
            return Rejected.of(ErrorCode.INVALID_RECORD, "the batch is transactional, but names no producer");
        }
        if (RecordBatch.isLogAppendTime(buffer, position)) {
            return Rejected.of(
                    ErrorCode.INVALID_TIMESTAMP, "the batch says LogAppendTime, which only a broker may set");
        }
        if (RecordBatch.hasDeleteHorizon(buffer, position)) {
            return Rejected.of(ErrorCode.INVALID_RECORD, "the batch has a delete horizon, which only a broker may set");
        }
        return null;
    }

    private BatchVerdict checkRecords(ByteBuf payload, AppendRules rules, long nowMs) {
        int position = payload.readerIndex();
        CompressionCodec source = RecordBatch.codec(payload, position);
        CompressionCodec target = rules.codec();
        boolean rebuilds = target != null && target != source && !RecordBatch.isControl(payload, position);
        if (!rebuilds && source != CompressionCodec.NONE && !mustOpen(payload, rules, nowMs)) {
            return acceptUnopened(payload, rules, nowMs);
        }
        RecordWalk walk = new RecordWalk(rules, nowMs);
        try (RecordCursor cursor = records.open(payload, position)) {
            if (rebuilds && target != null) {
                return rebuild(payload, cursor, walk, target);
            }
            Rejected rejected = walk.through(cursor, null);
            return rejected != null ? rejected : acceptWalked(payload, rules, nowMs, walk);
        } catch (CorruptRecordsException e) {
            return Rejected.of(ErrorCode.INVALID_RECORD, String.valueOf(e.getMessage()));
        }
    }

    private static boolean mustOpen(ByteBuf payload, AppendRules rules, long nowMs) {
        if (rules.keyPolicy() == KeyPolicy.REQUIRED) {
            return true;
        }
        return rules.timestampType() == TimestampType.CREATE_TIME
                && (rules.timestampBeforeMaxMs() != Long.MAX_VALUE
                        || RecordBatch.maxTimestamp(payload, payload.readerIndex()) > rules.latestTimestamp(nowMs));
    }

    private static Accepted acceptUnopened(ByteBuf payload, AppendRules rules, long nowMs) {
        int position = payload.readerIndex();
        if (rules.timestampType() == TimestampType.LOG_APPEND_TIME) {
            RecordBatch.setLogAppendTime(payload, position, nowMs);
        }
        return new Accepted(
                payload,
                position,
                payload.readableBytes(),
                RecordBatch.maxTimestamp(payload, position),
                RecordBatch.lastOffsetDelta(payload, position),
                false);
    }

    private static Accepted acceptWalked(ByteBuf payload, AppendRules rules, long nowMs, RecordWalk walk) {
        int position = payload.readerIndex();
        if (rules.timestampType() == TimestampType.LOG_APPEND_TIME) {
            return acceptUnopened(payload, rules, nowMs);
        }
        if (RecordBatch.maxTimestamp(payload, position) != walk.maxTimestamp()) {
            RecordBatch.setMaxTimestamp(payload, position, walk.maxTimestamp());
        }
        return new Accepted(
                payload, position, payload.readableBytes(), walk.maxTimestamp(), walk.maxTimestampDelta(), false);
    }

    private BatchVerdict rebuild(ByteBuf payload, RecordCursor cursor, RecordWalk walk, CompressionCodec target) {
        ByteBuf rebuilt = payload.alloc().buffer(payload.readableBytes());
        BatchVerdict verdict = null;
        RecordBatchBuilder builder = builderLike(payload, rebuilt, walk, target);
        try {
            verdict = walk.through(cursor, builder);
            if (verdict == null) {
                verdict = acceptRebuilt(rebuilt, builder.build(), walk);
            }
            return verdict;
        } finally {
            if (!(verdict instanceof Accepted)) {
                builder.release();
                rebuilt.release();
            }
        }
    }

    private static RecordBatchBuilder builderLike(
            ByteBuf payload, ByteBuf rebuilt, RecordWalk walk, CompressionCodec target) {
        int position = payload.readerIndex();
        AppendRules rules = walk.rules();
        RecordBatchBuilder builder = new RecordBatchBuilder(rebuilt, RecordBatch.baseTimestamp(payload, position))
                .codec(target, rules.codecLevel())
                .producer(
                        RecordBatch.producerId(payload, position),
                        RecordBatch.producerEpoch(payload, position),
                        RecordBatch.baseSequence(payload, position));
        if (RecordBatch.isTransactional(payload, position)) {
            builder.transactional();
        }
        if (rules.timestampType() == TimestampType.LOG_APPEND_TIME) {
            builder.logAppendTime(walk.nowMs());
        }
        return builder;
    }

    private static BatchVerdict acceptRebuilt(ByteBuf rebuilt, int sizeBytes, RecordWalk walk) {
        if (sizeBytes > walk.rules().maxBatchBytes()) {
            return tooLarge(sizeBytes, walk.rules());
        }
        boolean stamped = RecordBatch.isLogAppendTime(rebuilt, 0);
        return new Accepted(
                rebuilt,
                0,
                sizeBytes,
                RecordBatch.maxTimestamp(rebuilt, 0),
                stamped ? RecordBatch.lastOffsetDelta(rebuilt, 0) : walk.maxTimestampDelta(),
                true);
    }
}
