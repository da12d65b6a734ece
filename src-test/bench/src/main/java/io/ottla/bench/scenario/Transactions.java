package io.ottla.bench.scenario;

import io.ottla.bench.load.Figures;
import io.ottla.bench.load.LoadResult;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Rate;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.load.LoadSpec.TransactionShape;
import io.ottla.bench.result.Metric;
import java.util.List;
import java.util.Map;

/** What a transaction costs a broker, and how long its readers wait. */
public final class Transactions implements Scenario {
    /** Which protocol clients and broker speak. */
    public enum Protocol {
        DEFAULT("transactions", "Each broker has the transaction protocol that it has by default."),
        VERSION_2(
                "transactions-v2",
                "All brokers have transaction.version 2 (KIP-890), which Apache Kafka 4 has by default, 3.9 does not know, and"
                        + " Ottla has if its operator says so.");

        private final String scenario;
        private final String idea;

        Protocol(String scenario, String idea) {
            this.scenario = scenario;
            this.idea = idea;
        }
    }

    private static final int NEWER = 2;

    /** Ottla needs it for features, the others do not know it. */
    private static final Map<String, String> OTTLA_ONLY = Map.of("cluster.ottla.only", "true");

    private static final List<Integer> COMMITS_AFTER_MS = List.of(10, 100);
    private static final int PRODUCERS = 8;
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 20;
    private static final int RATE = 1_000;
    private static final Payload PAYLOAD = new Payload(1000, "none");
    private static final double MICROS = 1e6;

    private final Protocol protocol;

    public Transactions(Protocol protocol) {
        this.protocol = protocol;
    }

    @Override
    public String name() {
        return protocol.scenario;
    }

    @Override
    public String idea() {
        return String.format(
                "%d transactional producers at their defaults, each with transactions of %d records of 1,000 bytes in %d"
                        + " partitions, committed 10 or 100 ms after their begin; the next one begins when the commit has been"
                        + " answered. Then %,d records/s from one producer (linger 0), which commits as often, through one"
                        + " partition to a read_committed consumer; latency counts from the time at which a record was meant"
                        + " to be sent. %s",
                PRODUCERS, RECORDS, PARTITIONS, RATE, protocol.idea);
    }

    @Override
    public void run(Trial trial) {
        if (protocol == Protocol.DEFAULT) {
            trial.startBroker();
        } else {
            trial.prepareBroker(OTTLA_ONLY, List.of()).start();
            if (!hasVersion2(trial)) {
                trial.skip("there is no transaction.version " + NEWER);
                return;
            }
        }
        Topic written = Topics.create(trial, "transactions", PARTITIONS, Map.of());
        trial.run(transactions(trial, written, 10, trial.scale().times().brokerWarmup()));
        for (int commitAfterMs : COMMITS_AFTER_MS) {
            String cell = "commits after " + commitAfterMs + " ms";
            note(trial.measure(
                    cell,
                    transactions(trial, written, commitAfterMs, trial.scale().timing())));
        }
        Topic read = Topics.create(trial, "read-committed", 1, Map.of());
        for (int commitAfterMs : COMMITS_AFTER_MS) {
            trial.measure(
                            String.format("read_committed, %,d records/s, commits after %d ms", RATE, commitAfterMs),
                            rate(trial, read, commitAfterMs))
                    .latencies()
                    .brokerCpu();
        }
    }

    private static boolean hasVersion2(Trial trial) {
        var raise = new LoadSpec.RaiseTransactionVersion(trial.broker().bootstrap(), NEWER);
        Double level = trial.run(raise).values().get(Figures.TRANSACTION_VERSION);
        return level != null && level >= NEWER;
    }

    private static void note(Cell cell) {
        LoadResult result = cell.result();
        if (result.requests() == 0) {
            throw new IllegalStateException("no transaction was committed within the measured time");
        }
        cell.note(
                        Metric.higher("transactions", "1/s"),
                        result.requests() / result.usage().seconds())
                .note(
                        Metric.lower("broker CPU per transaction", "µs"),
                        result.usage().brokerCpuSeconds() / result.requests() * MICROS)
                .latencies()
                .process();
    }

    private static LoadSpec transactions(Trial trial, Topic topic, int commitAfterMs, Timing timing) {
        return new LoadSpec.Transactions(
                trial.broker().bootstrap(),
                topic,
                PAYLOAD,
                PRODUCERS,
                new TransactionShape(RECORDS, commitAfterMs),
                timing);
    }

    private static LoadSpec rate(Trial trial, Topic topic, int commitAfterMs) {
        return new LoadSpec.FixedRate(
                trial.broker().bootstrap(),
                topic,
                PAYLOAD,
                new Rate(RATE, commitAfterMs),
                trial.scale().timing(),
                null);
    }
}
