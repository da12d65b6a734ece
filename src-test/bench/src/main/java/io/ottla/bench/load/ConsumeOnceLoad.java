package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** One consumer that reads so many records from the start of a topic. */
final class ConsumeOnceLoad implements Load {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(60);

    private final LoadSpec.ConsumeOnce spec;

    ConsumeOnceLoad(LoadSpec.ConsumeOnce spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(spec.bootstrap())) {
            var partitions = Clients.partitions(spec.topic());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            UsageMeter meter = UsageMeter.start(processes);
            long records = 0;
            long bytes = 0;
            long lastNs = System.nanoTime();
            while (records < spec.records()) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    bytes += record.value().length;
                }
                records += polled.count();
                if (!polled.isEmpty()) {
                    lastNs = System.nanoTime();
                } else if (System.nanoTime() - lastNs > STALL_NS) {
                    throw new IllegalStateException(
                            "only " + records + " of " + spec.records() + " records came, then none for a minute");
                }
            }
            return new LoadResult(0, records, bytes, meter.stop(), Map.of(), Map.of());
        }
    }
}
