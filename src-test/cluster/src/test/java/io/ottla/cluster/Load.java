package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.check.CommitHistory;
import io.ottla.check.History;
import io.ottla.check.ProducerHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Clients of every kind on one topic while faults happen: newest and older Java producers, librdkafka's, a group of
 * two consumers, a committer. All of them record what they see in one history. Confined to the thread of the test.
 */
final class Load implements AutoCloseable {
    static final String GROUP = "readers";
    private static final String COMMITS = "commits";
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(75);
    private static final long PAUSE_MS = 12;

    /** Clients that notice a silent broker in seconds, not in minutes. */
    private static final Map<String, Object> PRODUCER = Map.of(
            "request.timeout.ms", 5000,
            "metadata.max.age.ms", 5000,
            "max.block.ms", 120_000,
            "linger.ms", 2,
            "reconnect.backoff.max.ms", 200);

    private final Cluster cluster;
    private final String topic;
    private final int partitions;
    private final History history = new History();
    private final List<Writer> writers = new ArrayList<>();
    private final List<AutoCloseable> readers = new ArrayList<>();
    private final List<OlderClients> loaders = new ArrayList<>();
    private final ProgressMeter meter;

    private Load(Cluster cluster, String topic, int partitions) {
        this.cluster = cluster;
        this.topic = topic;
        this.partitions = partitions;
        this.meter = new ProgressMeter(partitions);
    }

    /** Starts clients of every kind that this machine has. */
    static Load start(Cluster cluster, String topic, int partitions) {
        Load load = new Load(cluster, topic, partitions);
        load.addNewest();
        load.addOlder();
        if (PythonWriter.available()) {
            load.addPython();
        }
        load.addReaders();
        load.writers.forEach(Writer::start);
        load.awaitProgress();
        return load;
    }

    History history() {
        return history;
    }

    String topic() {
        return topic;
    }

    /** The longest time without an acknowledgement of one partition. */
    ProgressMeter meter() {
        return meter;
    }

    /** Returns once every producer has written something new to every partition, and groups read and commit again. */
    void awaitProgress() {
        List<Map<Integer, Long>> targets = new ArrayList<>();
        for (ProducerHistory producer : history.producers()) {
            Map<Integer, Long> target = new HashMap<>();
            for (int partition = 0; partition < partitions; partition++) {
                target.put(partition, producer.attempts(partition));
            }
            targets.add(target);
        }
        int delivered = history.deliveries(GROUP).count();
        long committed = history.commits(COMMITS).floor(0);
        try {
            Awaitility.await()
                    .atMost(PROGRESS_LIMIT)
                    .until(() -> reached(targets)
                            && history.deliveries(GROUP).count() > delivered
                            && history.commits(COMMITS).floor(0) > committed);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no progress: %s; delivered %d after %d, committed %d after %d%n%s"
                    .formatted(
                            describe(targets),
                            history.deliveries(GROUP).count(),
                            delivered,
                            history.commits(COMMITS).floor(0),
                            committed,
                            cluster.outputs()));
        }
    }

    /** How often clients gave up on a record, by error. */
    Map<String, Long> errors() {
        Map<String, Long> errors = new HashMap<>();
        history.producers().forEach(producer -> producer.errors()
                .forEach((error, count) -> errors.merge(producer.producer() + ": " + error, count, Long::sum)));
        return errors;
    }

    /** Ends all clients: producers once every record's fate is known, the group once it has read everything. */
    @Override
    public void close() {
        try {
            writers.forEach(Writer::close);
        } finally {
            closeReaders();
        }
    }

    /** As {@link #close}, and waits for the group to have been given everything first. */
    void end() {
        writers.forEach(Writer::close);
        writers.clear();
        Map<Integer, Long> ends = new HashMap<>();
        Clients.readAll(cluster.bootstrap(), topic)
                .forEach(record -> ends.merge(record.partition(), record.offset() + 1, Math::max));
        CommitHistory commits = history.commits(GROUP);
        Awaitility.await("for the group to have read up to " + ends)
                .atMost(PROGRESS_LIMIT)
                .until(() -> ends.entrySet().stream().allMatch(end -> commits.floor(end.getKey()) >= end.getValue()));
        closeReaders();
    }

    private void closeReaders() {
        for (AutoCloseable reader : readers) {
            try {
                reader.close();
            } catch (Exception e) {
                throw new IllegalStateException("a reader does not end", e);
            }
        }
        readers.clear();
    }

    private void addNewest() {
        ProducerHistory own = history.producer("newest");
        writers.add(new KafkaWriter(settings("lz4"), topic, partitions, PAUSE_MS, own, meter::acknowledged));
    }

    private void addOlder() {
        OlderClients older = OlderClients.load();
        loaders.add(older);
        ProducerHistory own = history.producer("older");
        writers.add(older.writer(settings("none"), topic, partitions, PAUSE_MS, own, partition -> {}));
    }

    private void addPython() {
        ProducerHistory own = history.producer("python");
        writers.add(new PythonWriter(cluster.bootstrap(), topic, partitions, 3 * PAUSE_MS, own, partition -> {}));
    }

    private void addReaders() {
        for (int i = 0; i < 2; i++) {
            GroupMember member = new GroupMember(cluster.bootstrap(), topic, GROUP, "member-" + i, history);
            readers.add(member);
            member.start();
        }
        TopicPartition committed = new TopicPartition(topic, 0);
        Committer committer = new Committer(cluster.bootstrap(), COMMITS, committed, history.commits(COMMITS));
        readers.add(committer);
        committer.start();
    }

    private Map<String, Object> settings(String codec) {
        Map<String, Object> settings = new HashMap<>(PRODUCER);
        settings.put("bootstrap.servers", cluster.bootstrap());
        settings.put("compression.type", codec);
        return settings;
    }

    private boolean reached(List<Map<Integer, Long>> targets) {
        List<ProducerHistory> producers = history.producers();
        for (int i = 0; i < targets.size(); i++) {
            for (Map.Entry<Integer, Long> target : targets.get(i).entrySet()) {
                if (producers.get(i).highestAcknowledged(target.getKey()) < target.getValue()) {
                    return false;
                }
            }
        }
        return true;
    }

    private String describe(List<Map<Integer, Long>> targets) {
        StringBuilder text = new StringBuilder();
        List<ProducerHistory> producers = history.producers();
        for (int i = 0; i < targets.size(); i++) {
            ProducerHistory producer = producers.get(i);
            targets.get(i)
                    .forEach((partition, target) -> text.append("%s/%d is at %d of %d; "
                            .formatted(
                                    producer.producer(), partition, producer.highestAcknowledged(partition), target)));
        }
        return text.append(errors()).toString();
    }

    /** Fails if any client gave up on a record. */
    void assertNoClientError() {
        assertThat(errors()).as("records that clients gave up on").isEmpty();
    }
}
