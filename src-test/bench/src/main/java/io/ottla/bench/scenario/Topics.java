package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.raw.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Topics that a scenario needs before it measures. */
final class Topics {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Topics() {}

    /** Creates a topic and waits until it serves. */
    static Topic create(Trial trial, String name, int partitions, Map<String, String> settings) {
        Topic topic = new Topic(name, partitions);
        trial.run(new LoadSpec.CreateTopic(trial.broker().bootstrap(), topic, settings));
        await(trial, List.of(topic), LIMIT);
        return topic;
    }

    static void delete(Trial trial, Topic topic) {
        trial.run(new LoadSpec.DeleteTopic(trial.broker().bootstrap(), topic.name()));
    }

    /** Waits until all partitions of topics of one size serve. */
    static void await(Trial trial, List<Topic> topics, Duration limit) {
        try {
            Readiness.awaitPartitions(
                    trial.broker().files().port(),
                    topics.stream().map(Topic::name).toList(),
                    topics.get(0).partitions(),
                    limit);
        } catch (IOException e) {
            throw new UncheckedIOException("the topics are not served", e);
        }
    }
}
