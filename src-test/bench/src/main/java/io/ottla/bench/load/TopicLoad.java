package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What an administrator does between two measurements. */
final class TopicLoad implements Load {
    private final String bootstrap;
    private final Action action;

    TopicLoad(String bootstrap, Action action) {
        this.bootstrap = bootstrap;
        this.action = action;
    }

    interface Action {
        void run(Admin admin) throws ExecutionException, InterruptedException;
    }

    static void create(Admin admin, LoadSpec.CreateTopic spec) throws ExecutionException, InterruptedException {
        NewTopic topic =
                new NewTopic(spec.topic().name(), Optional.of(spec.topic().partitions()), Optional.empty());
        admin.createTopics(List.of(topic.configs(spec.settings()))).all().get();
    }

    static void delete(Admin admin, String topic) throws ExecutionException, InterruptedException {
        admin.deleteTopics(List.of(topic)).all().get();
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        UsageMeter meter = UsageMeter.start(processes);
        try (Admin admin = Clients.admin(bootstrap)) {
            action.run(admin);
        }
        return new LoadResult(0, 0, 0, meter.stop(), Map.of(), Map.of());
    }
}
