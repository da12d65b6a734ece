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

    /** As {@link Fill}, with keys drawn at random out of {@code keys} many. */
    record FillKeyed(String bootstrap, Topic topic, Payload payload, long totalBytes, int keys) implements LoadSpec {}

    /**
     * Turns a topic that is full into a compacted one, and waits until the broker's own checkpoint says that all sealed segments are
     * clean; measured from the change of the setting on. Its bytes are those that the topic had.
     *
     * @param dataDir the broker's log directory
     */
    record Compact(String bootstrap, Topic topic, String dataDir, Filled filled) implements LoadSpec {}

    /** What a topic was filled with: records, and bytes of their values. */
    record Filled(long records, long bytes) {}

    /**
     * Producers that write transaction after transaction: all records of one at its begin, evenly over the partitions, its commit
     * once it is so old. The result's requests are transactions.
     */
    record Transactions(
            String bootstrap, Topic topic, Payload payload, int producers, TransactionShape shape, Timing timing)
            implements LoadSpec {}

    /** A transaction of so many records, committed so long after its begin. */
    record TransactionShape(int records, int commitAfterMs) {}

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
     * Records sent at a fixed rate, whatever happens, and read by one consumer; latency from the intended send time. If they
     * are sent in transactions the consumer reads what is committed.
     *
     * @param background a topic that another consumer reads meanwhile, over and over from its start
     */
    record FixedRate(
            String bootstrap,
            Topic topic,
            Payload payload,
            Rate rate,
            Timing timing,
            @Nullable Topic background) implements LoadSpec {}

    /** So many records per second, in transactions that are committed so long after their begin, or 0 for none. */
    record Rate(int recordsPerSecond, int commitAfterMs) {
        static final int NO_TRANSACTIONS = 0;

        /** Records without transactions. */
        public static Rate plain(int recordsPerSecond) {
            return new Rate(recordsPerSecond, NO_TRANSACTIONS);
        }

        boolean inTransactions() {
            return commitAfterMs != NO_TRANSACTIONS;
        }
    }

    /** Connections that have said hello and then say nothing. */
    record IdleConnections(int port, int connections, Timing timing) implements LoadSpec {}

    /** Creates topics {@code prefix0..n-1} and waits until every partition has a leader that answers. */
    record CreateTopics(String bootstrap, int port, String prefix, int topics, int partitionsEach)
            implements LoadSpec {}

    /** Creates one topic with the given settings; not measured. */
    record CreateTopic(String bootstrap, Topic topic, Map<String, String> settings) implements LoadSpec {}

    /**
     * Raises {@code transaction.version} to a level, unless the broker does not know that feature; not measured. Which level it has
     * then is in {@link Figures#TRANSACTION_VERSION}, 0 for none.
     */
    record RaiseTransactionVersion(String bootstrap, int level) implements LoadSpec {}

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
