package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Producers that send as fast as they can; what is acknowledged counts. */
final class ProduceLoad implements Load {
    private final LoadSpec.Produce spec;
    private final Payloads payloads;
    private final Counters counters = new Counters();

    ProduceLoad(LoadSpec.Produce spec) {
        this.spec = spec;
        this.payloads = new Payloads(spec.payload().recordBytes());
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        try (Workers workers = new Workers()) {
            for (int i = 0; i < spec.producers(); i++) {
                workers.start("producer-" + i, () -> produce(workers));
            }
            return workers.measure(spec.timing(), processes, counters);
        }
    }

    private void produce(Workers workers) {
        Callback acknowledged = (metadata, failure) -> {
            if (failure == null) {
                counters.addRecords(1, payloads.recordBytes());
            } else if (workers.running()) {
                workers.fail(failure);
            }
        };
        KafkaProducer<byte[], byte[]> producer = Clients.producer(spec.bootstrap(), settings());
        try {
            for (long number = 0; workers.running(); number++) {
                var unused =
                        producer.send(new ProducerRecord<>(spec.topic().name(), payloads.get(number)), acknowledged);
            }
        } finally {
            // What is still buffered would take a slow broker minutes, and nobody counts it.
            producer.close(Duration.ZERO);
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.ACKS_CONFIG,
                spec.acks(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.payload().codec(),
                ProducerConfig.LINGER_MS_CONFIG,
                spec.lingerMs());
    }
}
