package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.raw.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;

/** Topics created with one request, and waited for until each of their partitions serves. */
final class CreateTopicsLoad implements Load {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final LoadSpec.CreateTopics spec;

    CreateTopicsLoad(LoadSpec.CreateTopics spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        List<NewTopic> topics = IntStream.range(0, spec.topics())
                .mapToObj(i -> new NewTopic(spec.prefix() + i, Optional.of(spec.partitionsEach()), Optional.empty()))
                .toList();
        List<String> names = topics.stream().map(NewTopic::name).toList();
        try (Admin admin = Clients.admin(spec.bootstrap())) {
            // The connection is made before the clock starts.
            admin.describeCluster().nodes().get();
            UsageMeter meter = UsageMeter.start(processes);
            admin.createTopics(topics, new CreateTopicsOptions().timeoutMs((int) LIMIT.toMillis()))
                    .all()
                    .get();
            Readiness.awaitPartitions(spec.port(), names, spec.partitionsEach(), LIMIT);
            return new LoadResult(0, 0, 0, meter.stop(), Map.of(), Map.of());
        }
    }
}
