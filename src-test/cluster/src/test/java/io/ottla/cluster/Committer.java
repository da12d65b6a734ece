package io.ottla.cluster;

import io.ottla.check.CommitHistory;
import io.ottla.process.Rest;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Commits ever higher offsets for a group without members, and asks for them; in the background, until closed. */
final class Committer implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final int COMMITS_PER_QUESTION = 5;
    private static final long PAUSE_MS = 10;

    private final String bootstrap;
    private final String group;
    private final TopicPartition partition;
    private final CommitHistory commits;
    private final Thread thread;
    private volatile boolean running = true;

    Committer(String bootstrap, String group, TopicPartition partition, CommitHistory commits) {
        this.bootstrap = bootstrap;
        this.group = group;
        this.partition = partition;
        this.commits = commits;
        this.thread = new Thread(this::run, group);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        running = false;
        Threads.join(thread, END_LIMIT);
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(bootstrap, Map.of("group.id", group))) {
            for (long offset = 1; running; offset++) {
                try {
                    commit(consumer, offset);
                    if (offset % COMMITS_PER_QUESTION == 0) {
                        ask(consumer);
                    }
                } catch (KafkaException e) {
                    // The coordinator is away: the next commit, of a higher offset, tries again.
                }
                Rest.ofMs(PAUSE_MS);
            }
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, long offset) {
        commits.attempted(partition.partition(), offset);
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
        commits.acknowledged(partition.partition(), offset);
    }

    private void ask(KafkaConsumer<byte[], byte[]> consumer) {
        long floor = commits.floor(partition.partition());
        OffsetAndMetadata found = consumer.committed(Set.of(partition)).get(partition);
        commits.found(partition.partition(), floor, found == null ? 0 : found.offset());
    }
}
