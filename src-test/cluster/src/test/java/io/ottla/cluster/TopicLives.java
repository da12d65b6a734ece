package io.ottla.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ottla.process.Rest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * Producers and consumers that go on while their topic is deleted and created anew, and what they know of each of its lives. A
 * record says in which life it was sent and has a number of its own: {@code life/writer/number}.
 */
final class TopicLives implements AutoCloseable {
    /** The life of a topic that is being deleted or created. */
    static final int NONE = -1;

    private static final int WRITERS = 3;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int PAUSE_MS = 2;

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> newestLifeSeen = new ConcurrentHashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile int life = NONE;
    private volatile boolean running = true;

    /** A record that the cluster has acknowledged, and in which life that was. */
    private record Acknowledged(String value, int partition, long offset, int life) {
        /** Whether it was sent in the same life. */
        boolean isOfOneLife() {
            return life != NONE && value.startsWith(life + "/");
        }
    }

    TopicLives(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        for (int i = 0; i < WRITERS; i++) {
            String name = "writer-" + i;
            start(name, () -> write(name));
        }
        start("group member", () -> read("group member", Map.of("group.id", "lives"), true));
        start("reader", () -> read("reader", Map.of(), false));
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                },
                name);
        threads.add(thread);
        thread.start();
    }

    /** From now on the topic is there, or {@link #NONE}. */
    void enter(int next) {
        life = next;
    }

    /** Waits until every client works in the present life; fails if one has given up. */
    void awaitProgress() {
        int present = life;
        Awaitility.await("for all clients in life " + present)
                .atMost(Cluster.LIMIT)
                .until(() -> {
                    if (!failures.isEmpty()) {
                        throw new AssertionError("a client has failed", failures.peek());
                    }
                    Set<String> writers = acknowledged.stream()
                            .filter(each -> each.life == present && each.isOfOneLife())
                            .map(each -> each.value.split("/", -1)[1])
                            .collect(Collectors.toSet());
                    return writers.size() == WRITERS
                            && newestLifeSeen.getOrDefault("reader", NONE) >= present
                            && newestLifeSeen.getOrDefault("group member", NONE) >= present;
                });
    }

    /**
     * What is wrong with the present life: records of an earlier one that were acknowledged then, records twice, gaps, acknowledged
     * records that are missing.
     */
    List<String> violations(int present) {
        List<Acknowledged> known = List.copyOf(acknowledged);
        Map<TopicPartition, List<String>> stored = readAll();
        List<String> violations = new ArrayList<>();
        Set<String> earlier = known.stream()
                .filter(each -> each.isOfOneLife() && each.life != present)
                .map(Acknowledged::value)
                .collect(Collectors.toSet());
        Set<String> seen = new HashSet<>();
        stored.values()
                .forEach(values -> values.forEach(value -> {
                    if (earlier.contains(value)) {
                        violations.add(value + " was written in another life");
                    }
                    if (!seen.add(value)) {
                        violations.add(value + " is there twice");
                    }
                }));
        for (Acknowledged each : known) {
            if (each.isOfOneLife() && each.life == present) {
                List<String> values = stored.get(new TopicPartition(topic, each.partition));
                if (each.offset >= values.size()
                        || !values.get((int) each.offset).equals(each.value)) {
                    violations.add(each + " is lost");
                }
            }
        }
        return violations;
    }

    /** Values of each partition, whose offsets must be dense from 0 on. */
    private Map<TopicPartition, List<String>> readAll() {
        Map<TopicPartition, List<String>> all = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.put(new TopicPartition(topic, partition), new ArrayList<>());
        }
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(bootstrap, Map.of())) {
            consumer.assign(all.keySet());
            consumer.seekToBeginning(all.keySet());
            Map<TopicPartition, Long> ends = consumer.endOffsets(all.keySet());
            Awaitility.await("for the end of " + topic).atMost(Cluster.LIMIT).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    List<String> values = all.get(new TopicPartition(topic, record.partition()));
                    if (record.offset() != values.size()) {
                        throw new AssertionError("offset " + record.offset() + " follows " + (values.size() - 1));
                    }
                    values.add(new String(record.value(), UTF_8));
                }
                return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
        }
        return all;
    }

    private void write(String name) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("delivery.timeout.ms", "15000");
        settings.put("request.timeout.ms", "5000");
        settings.put("max.block.ms", "5000");
        settings.put("metadata.max.age.ms", "5000");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 0; running; number++) {
                String value = life + "/" + name + "/" + number;
                int partition = number % partitions;
                try {
                    producer.send(
                            new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8)),
                            (metadata, failure) -> {
                                // What fails was sent to a topic that is gone; that the next one is found shows itself.
                                if (failure == null) {
                                    acknowledged.add(new Acknowledged(value, partition, metadata.offset(), life));
                                }
                            });
                } catch (KafkaException e) {
                    // No such topic within max.block.ms.
                }
                Rest.ofMs(PAUSE_MS);
            }
            producer.flush();
        }
    }

    private void read(String name, Map<String, String> settings, boolean inGroup) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("metadata.max.age.ms", "1000");
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(bootstrap, all)) {
            if (inGroup) {
                consumer.subscribe(List.of(topic));
            } else {
                consumer.assign(IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .toList());
            }
            while (running) {
                try {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        String value = new String(record.value(), UTF_8);
                        int seen = Integer.parseInt(value.substring(0, value.indexOf('/')));
                        newestLifeSeen.merge(name, seen, Math::max);
                    }
                } catch (RetriableException e) {
                    // The topic is not there.
                }
            }
        }
    }

    /** Ends the clients. */
    @Override
    public void close() {
        running = false;
        threads.forEach(thread -> Threads.join(thread, Cluster.LIMIT));
    }
}
