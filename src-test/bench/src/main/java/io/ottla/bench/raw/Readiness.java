package io.ottla.bench.raw;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** When a broker serves: seen from outside, the same for every broker. */
public final class Readiness {
    private static final short LIST_OFFSETS_VERSION = 8;
    private static final long LATEST = -1;
    private static final long SHORTEST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double PAUSE_GROWTH = 1.1;

    private Readiness() {}

    /** One look; an IOException means no as well. */
    interface Look {
        boolean isReady() throws IOException;
    }

    /** Waits until a client is told of at least one broker: the first answer that is of use. */
    public static void awaitBroker(int port, Duration limit, BooleanSupplier isAlive) throws IOException {
        await("the broker on port " + port, limit, () -> {
            if (!isAlive.getAsBoolean()) {
                throw new IllegalStateException("the broker on port " + port + " has ended");
            }
            try (RawConnection connection = RawConnection.open(port, Frames.SMALL_BYTES)) {
                MetadataResponseData answer = (MetadataResponseData)
                        connection.call(Requests.metadataOf(List.of()), Requests.METADATA_VERSION);
                return !answer.brokers().isEmpty();
            }
        });
    }

    /** Waits until every partition of these topics has a leader, and the leader knows the partition's end. */
    public static void awaitPartitions(int port, List<String> topics, int partitionsEach, Duration limit)
            throws IOException {
        await("all partitions of " + topics.size() + " topics", limit, () -> {
            try (RawConnection connection = RawConnection.open(port, RawConnection.ANSWER_BYTES)) {
                MetadataResponseData metadata =
                        (MetadataResponseData) connection.call(Requests.metadataOf(topics), Requests.METADATA_VERSION);
                return countOf(metadata) == topics.size() * partitionsEach
                        && hasAllLeaders(metadata)
                        && knowsAllEnds((ListOffsetsResponseData)
                                connection.call(listOffsets(topics, partitionsEach), LIST_OFFSETS_VERSION));
            }
        });
    }

    /** Looks again and again, ever less often, until it is so. */
    static void await(String what, Duration limit, Look look) throws IOException {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        long pauseNs = SHORTEST_PAUSE_NS;
        IOException last = null;
        while (System.nanoTime() < deadlineNs) {
            try {
                if (look.isReady()) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            LockSupport.parkNanos(pauseNs);
            pauseNs = Math.min(LONGEST_PAUSE_NS, (long) (pauseNs * PAUSE_GROWTH));
        }
        throw new IOException(what + " did not become ready within " + limit, last);
    }

    static boolean hasAllLeaders(ApiMessage response) {
        return ((MetadataResponseData) response)
                .topics().stream()
                        .allMatch(topic -> topic.errorCode() == 0
                                && topic.partitions().stream()
                                        .allMatch(
                                                partition -> partition.errorCode() == 0 && partition.leaderId() >= 0));
    }

    private static int countOf(MetadataResponseData metadata) {
        return metadata.topics().stream()
                .mapToInt(topic -> topic.partitions().size())
                .sum();
    }

    private static boolean knowsAllEnds(ListOffsetsResponseData response) {
        return response.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.errorCode() == 0 && partition.offset() >= 0);
    }

    private static ListOffsetsRequestData listOffsets(List<String> topics, int partitionsEach) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(topics.stream()
                        .map(topic -> new ListOffsetsTopic()
                                .setName(topic)
                                .setPartitions(IntStream.range(0, partitionsEach)
                                        .mapToObj(partition -> new ListOffsetsPartition()
                                                .setPartitionIndex(partition)
                                                .setTimestamp(LATEST))
                                        .toList()))
                        .toList());
    }
}
