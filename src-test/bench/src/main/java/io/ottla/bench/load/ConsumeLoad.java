package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;

/** Consumers that each read the whole topic, over and over. */
final class ConsumeLoad implements Load {
    private final LoadSpec.Consume spec;
    private final Counters counters = new Counters();

    ConsumeLoad(LoadSpec.Consume spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        try (Workers workers = new Workers()) {
            for (int i = 0; i < spec.consumers(); i++) {
                workers.start("consumer-" + i, () -> consume(workers));
            }
            return workers.measure(spec.timing(), processes, counters);
        }
    }

    private void consume(Workers workers) {
        try (RereadingConsumer consumer = new RereadingConsumer(spec.bootstrap(), spec.topic())) {
            while (workers.running()) {
                consumer.poll(counters);
            }
        }
    }
}
