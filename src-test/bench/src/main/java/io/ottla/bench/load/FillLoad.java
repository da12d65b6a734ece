package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Fills a topic with so many bytes, evenly over its partitions; with keys or without. Used once. */
final class FillLoad implements Load {
    private static final int BATCH_BYTES = 128 << 10;
    private static final int LINGER_MS = 20;

    private static final int NO_KEYS = 0;
    private static final long SEED = 20260102;

    private final LoadSpec.Fill spec;
    private final int keys;
    private final Random random = new Random(SEED);

    FillLoad(LoadSpec.Fill spec) {
        this(spec, NO_KEYS);
    }

    FillLoad(LoadSpec.FillKeyed spec) {
        this(new LoadSpec.Fill(spec.bootstrap(), spec.topic(), spec.payload(), spec.totalBytes()), spec.keys());
    }

    private FillLoad(LoadSpec.Fill spec, int keys) {
        this.spec = spec;
        this.keys = keys;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        Payloads payloads = new Payloads(spec.payload().recordBytes());
        long records = spec.totalBytes() / payloads.recordBytes();
        // Neighbouring records share a partition, so that batches are full.
        int recordsPerTurn = Math.max(1, BATCH_BYTES / payloads.recordBytes());
        UsageMeter meter = UsageMeter.start(processes);
        try (Workers workers = new Workers();
                KafkaProducer<byte[], byte[]> producer = Clients.producer(spec.bootstrap(), settings())) {
            for (long number = 0; number < records; number++) {
                int partition = (int) (number / recordsPerTurn % spec.topic().partitions());
                var unused = producer.send(
                        new ProducerRecord<>(spec.topic().name(), partition, key(), payloads.get(number)),
                        (metadata, failure) -> {
                            if (failure != null) {
                                workers.fail(failure);
                            }
                        });
            }
            producer.flush();
            workers.sleep(0);
        }
        return new LoadResult(0, records, records * payloads.recordBytes(), meter.stop(), Map.of(), Map.of());
    }

    private byte @Nullable [] key() {
        return keys == NO_KEYS
                ? null
                : String.format("key-%010d", random.nextInt(keys)).getBytes(StandardCharsets.US_ASCII);
    }

    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG,
                LINGER_MS,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.payload().codec());
    }
}
