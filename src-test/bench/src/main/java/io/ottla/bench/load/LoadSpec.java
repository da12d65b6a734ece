package io.ottla.bench.load;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients shall do: plain data, which travels to the client process. Times in milliseconds, sizes in bytes. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
public sealed interface LoadSpec {
    /** Warm up for this long, then measure for that long. */
    record Timing(long warmupMs, long measureMs) {}

    /** One topic of a number of partitions. */
    record Topic(String name, int partitions) {}

    /** The bytes of a record and how a batch of them is compressed (as {@code compression.type}). */
    record Payload(int recordBytes, String codec) {}

    /**
     * Producers that send as fast as they can, with the clients' default batching.
     *
     * @param acks as the producer's {@code acks}
     * @param producers how many, each with a connection and a thread of its own
     * @param lingerMs as {@code linger.ms}
     */
    record Produce(
            String bootstrap, Topic topic, Payload payload, String acks, int producers, int lingerMs, Timing timing)
            implements LoadSpec {}

    /** Writes {@code totalBytes} of records into a topic, in batches of 128 KB; not measured. */
    record Fill(String bootstrap, Topic topic, Payload payload, long totalBytes) implements LoadSpec {}

    /** Consumers that each read the whole topic over and over, for the time given. */
    record Consume(String bootstrap, Topic topic, int consumers, Timing timing) implements LoadSpec {}

    /** One consumer that reads the whole topic once; measured from the first poll to the last record. */
    record ConsumeOnce(String bootstrap, Topic topic, long records) implements LoadSpec {}

    /**
     * Requests over plain sockets, as many as the broker answers.
     *
     * @param kind of request
     * @param connections how many
     * @param depth requests in flight on each
     */
    record Requests(int port, RequestKind kind, Topic topic, int connections, int depth, Timing timing)
            implements LoadSpec {}

    /**
     * Records sent at a fixed rate, whatever happens, and read by one consumer; latency from the intended send time.
     *
     * @param background a topic that another consumer reads meanwhile, over and over from its start
     */
    record FixedRate(
            String bootstrap,
            Topic topic,
            Payload payload,
            int recordsPerSecond,
            Timing timing,
            @Nullable Topic background)
            implements LoadSpec {}

    /** Connections that have said hello and then say nothing. */
    record IdleConnections(int port, int connections, Timing timing) implements LoadSpec {}

    /** Creates topics {@code prefix0..n-1} and waits until every partition has a leader that answers. */
    record CreateTopics(String bootstrap, int port, String prefix, int topics, int partitionsEach)
            implements LoadSpec {}

    /** Creates one topic with the given settings; not measured. */
    record CreateTopic(String bootstrap, Topic topic, Map<String, String> settings) implements LoadSpec {}

    /** Deletes one topic, so that its files do not disturb what is measured next; not measured. */
    record DeleteTopic(String bootstrap, String topic) implements LoadSpec {}

    /** What the raw driver can ask. */
    enum RequestKind {
        PRODUCE_ONE_RECORD,
        EMPTY_FETCH,
        API_VERSIONS,
        METADATA,
        OFFSET_COMMIT,
        HEARTBEAT
    }
}
