package io.ottla.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.Nullable;

/** A partition's directory in the hands of Apache Kafka's own loader and cleaner, after a shutdown that was not clean. */
final class KafkaLog implements AutoCloseable {
    private static final int MAP_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int TRANSACTION_TIMEOUT_MS = 900_000;

    private final UnifiedLog log;

    /** What is left of one record, or of a marker. */
    record Kept(
            long offset,
            String producer,
            String key,
            @Nullable String value,
            String horizon) {}

    /** Loads, and so mends, the log in {@code partitionDirectory}, which may be changed. */
    KafkaLog(Path partitionDirectory, int segmentBytes) throws IOException {
        Map<String, String> settings = Map.of(
                "cleanup.policy", "compact",
                "internal.segment.bytes", Integer.toString(segmentBytes),
                "delete.retention.ms", Long.toString(CleanerFixture.DELETE_RETENTION_MS));
        log = UnifiedLog.create(
                partitionDirectory.toFile(),
                new org.apache.kafka.storage.internals.log.LogConfig(settings),
                0,
                0,
                new KafkaScheduler(1), // Not started: nothing happens behind the test's back.
                new BrokerTopicStats(),
                Time.SYSTEM,
                TRANSACTION_TIMEOUT_MS,
                new ProducerStateManagerConfig(Integer.MAX_VALUE, false),
                Integer.MAX_VALUE,
                new LogDirFailureChannel(1),
                false,
                Optional.empty());
        log.updateHighWatermark(log.logEndOffset());
    }

    /** A copy of a partition's directory, below {@code home}, for a log that the test wants to keep. */
    static Path copy(Path partitionDirectory, Path home) throws IOException {
        Path target = Files.createDirectories(home.resolve(partitionDirectory.getFileName()));
        try (Stream<Path> files = Files.list(partitionDirectory)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    long endOffset() {
        return log.logEndOffset();
    }

    /** Cleans what is dirty between two offsets, as it would at this time. */
    void clean(long firstDirtyOffset, long firstUncleanableOffset, long nowMs) {
        try {
            Cleaner cleaner = new Cleaner(
                    0,
                    new SkimpyOffsetMap(MAP_BYTES, "MD5"),
                    BUFFER_BYTES,
                    MAP_BYTES,
                    0.9,
                    new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "cleaner", "bytes", Time.SYSTEM),
                    Time.SYSTEM,
                    partition -> {});
            cleaner.doClean(new LogToClean(log, firstDirtyOffset, firstUncleanableOffset, true), nowMs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All records and markers. */
    List<Kept> contents() {
        List<Kept> kept = new ArrayList<>();
        log.logSegments().forEach(segment -> segment.log().batches().forEach(batch -> add(batch, kept)));
        return kept;
    }

    /** All records and markers in these bytes, as Apache Kafka reads them. */
    static List<Kept> contents(ByteBuf bytes) {
        List<Kept> kept = new ArrayList<>();
        ByteBuffer copy = ByteBuffer.allocate(bytes.readableBytes());
        bytes.getBytes(bytes.readerIndex(), copy);
        MemoryRecords.readableRecords(copy.flip()).batches().forEach(batch -> add(batch, kept));
        return kept;
    }

    /** The last value of each key. */
    Map<String, @Nullable String> lastValues() {
        Map<String, @Nullable String> last = new HashMap<>();
        contents().forEach(kept -> last.put(kept.key(), kept.value()));
        return last;
    }

    private static void add(RecordBatch batch, List<Kept> kept) {
        batch.ensureValid();
        String producer =
                batch.producerId() + "/" + batch.producerEpoch() + (batch.isTransactional() ? " in transaction" : "");
        for (Record record : batch) {
            String key = batch.isControlBatch()
                    ? ControlRecordType.parse(record.key()).name()
                    : String.valueOf(text(record.key()));
            String value = batch.isControlBatch() ? "marker" : text(record.value());
            kept.add(new Kept(
                    record.offset(),
                    producer,
                    key,
                    value,
                    batch.deleteHorizonMs().toString()));
        }
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes.duplicate()).toString();
    }

    @Override
    public void close() {
        log.close();
    }
}
