package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a topic that is created anew has nothing of the one of that name before, its clients find it by themselves, and the brokers
 * keep nothing of what was deleted. Method: producers and consumers go on through many lives of one topic, in one of which
 * a broker is killed; each life is read back; then the brokers' directories and descriptors are looked at, and all restart.
 */
class TopicRecreationTest {
    private static final String TOPIC = "lives";
    private static final int PARTITIONS = 4;
    private static final int LIVES = 6;
    private static final int WITH_A_KILL = 3;

    @TempDir
    Path home;

    @Test
    void nothingOfADeletedTopicIsInTheNextOneOrStaysBehind() throws Exception {
        Map<String, String> settings = new HashMap<>(Cluster.QUICK);
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.segment.delete.delay.ms", "500");
        settings.put("log.segment.bytes", "100000");
        try (Cluster cluster = Cluster.start(home, settings)) {
            live(cluster);
            for (BrokerProcess broker : cluster.brokers()) {
                assertThat(broker.output()).doesNotContain("goes offline").doesNotContain("set aside as");
                Awaitility.await("for the files of deleted topics to go")
                        .atMost(Cluster.LIMIT)
                        .untilAsserted(() -> assertNothingStaysBehind(broker));
            }
            assertThat(Clients.get(cluster.admin().listTopics().names())).containsExactly(TOPIC);
            assertTheBrokersAreQuiet(cluster);
            cluster.stopAll();
            for (BrokerProcess broker : cluster.brokers()) {
                broker.launch();
            }
            cluster.brokers().forEach(BrokerProcess::awaitAnswer);
            cluster.awaitFullIsr(TOPIC);
            cluster.brokers().forEach(broker -> assertThat(broker.output()).doesNotContain("set aside as"));
        }
    }

    private static void live(Cluster cluster) throws Exception {
        try (TopicLives lives = new TopicLives(cluster.bootstrap(), TOPIC, PARTITIONS)) {
            for (int life = 0; life < LIVES; life++) {
                create(cluster);
                lives.enter(life);
                lives.awaitProgress();
                assertThat(lives.violations(life)).as(cluster.outputs()).isEmpty();
                lives.enter(TopicLives.NONE);
                if (life == LIVES - 1) {
                    return;
                }
                if (life == WITH_A_KILL) {
                    BrokerProcess victim = cluster.broker(cluster.controller() % 3 + 1);
                    victim.kill();
                    delete(cluster);
                    victim.start();
                } else {
                    delete(cluster);
                }
                awaitDeletion(cluster);
            }
        }
    }

    /** Asks for the deletion, which needs all brokers that have replicas. */
    private static void delete(Cluster cluster) {
        var unused = cluster.admin().deleteTopics(List.of(TOPIC));
    }

    private static void awaitDeletion(Cluster cluster) {
        Awaitility.await("for the deletion of " + TOPIC)
                .atMost(Cluster.LIMIT)
                .ignoreExceptions()
                .until(() -> !Clients.get(cluster.admin().listTopics().names()).contains(TOPIC));
    }

    /** The name is free once the deletion is through. */
    private static void create(Cluster cluster) {
        NewTopic topic = new NewTopic(TOPIC, PARTITIONS, (short) 3);
        Awaitility.await("for the name to be free").atMost(Cluster.LIMIT).until(() -> {
            try {
                cluster.admin().createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
                return true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicExistsException) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static void assertNothingStaysBehind(BrokerProcess broker) {
        assertThat(names(broker.dataDir()))
                .noneMatch(name -> name.endsWith("-delete") || name.endsWith("-stray"))
                .filteredOn(name -> name.startsWith(TOPIC + "-"))
                .hasSize(PARTITIONS);
        List<String> open = links(Path.of("/proc", Long.toString(broker.pid()), "fd"));
        String data = broker.dataDir().toString();
        assertThat(open).noneMatch(file -> file.startsWith(data) && file.endsWith("(deleted)"));
    }

    /** Nobody tries again and again what cannot be done. */
    private static void assertTheBrokersAreQuiet(Cluster cluster) {
        Awaitility.await("for quiet brokers")
                .atMost(Cluster.LIMIT)
                .during(Duration.ofSeconds(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(new Quiet(cluster)::isSince);
    }

    /** Whether what the brokers say has changed since it was asked last. */
    private static final class Quiet {
        private final Cluster cluster;
        private String before = "";

        Quiet(Cluster cluster) {
            this.cluster = cluster;
        }

        boolean isSince() {
            String now = cluster.outputs();
            boolean quiet = now.equals(before);
            before = now;
            return quiet;
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> links(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(TopicRecreationTest::target).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // Closed this very moment.
        }
    }
}
