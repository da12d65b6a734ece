package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Fills a topic with so many bytes, evenly over its partitions. */
final class FillLoad implements Load {
    private static final int BATCH_BYTES = 128 << 10;
    private static final int LINGER_MS = 20;

    private final LoadSpec.Fill spec;

    FillLoad(LoadSpec.Fill spec) {
        this.spec = spec;
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
                        new ProducerRecord<>(spec.topic().name(), partition, null, payloads.get(number)),
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
