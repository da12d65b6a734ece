package io.ottla.bench.scenario;

import java.util.List;

/** All scenarios, in the order of a run. */
public final class Scenarios {
    private Scenarios() {}

    public static List<Scenario> all() {
        return List.of(
                new StartUp(),
                new ProduceThroughput(),
                new ConsumeThroughput(),
                new RequestRates(),
                new LatencyAtRate(),
                new Transactions(Transactions.Protocol.DEFAULT),
                new Transactions(Transactions.Protocol.VERSION_2),
                new FsyncProduce(),
                new Compaction(),
                new ManyPartitions(),
                new IdleConnections(),
                new CrashRecovery(),
                new ColdReader());
    }

    /** Those of these names, in the order of a run; all for none. */
    public static List<Scenario> named(List<String> names) {
        List<String> known = all().stream().map(Scenario::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no scenario " + name + "; there are " + String.join(", ", known));
            }
        }
        return all().stream()
                .filter(scenario -> names.isEmpty() || names.contains(scenario.name()))
                .toList();
    }
}
