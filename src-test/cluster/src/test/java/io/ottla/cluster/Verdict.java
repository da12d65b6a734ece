package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.check.HistoryCheck;
import io.ottla.check.ReplicaCheck;
import io.ottla.check.StoredRecord;
import io.ottla.check.Violation;
import io.ottla.process.BrokerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The end of every test with a load: everything is read back, and held against what clients saw. */
final class Verdict {
    private static final int SHOWN = 20;

    private Verdict() {}

    /** Ends load and brokers; fails on any violation, and where clients gave up on a record. */
    static void assertNothingWentWrong(Cluster cluster, Load load) {
        load.awaitProgress();
        load.end();
        cluster.awaitFullIsr(load.topic());
        List<StoredRecord> log = Clients.readAll(cluster.bootstrap(), load.topic());
        List<Violation> violations = new ArrayList<>(HistoryCheck.check(load.history(), log));
        cluster.stopAll();
        int partitions =
                (int) log.stream().mapToInt(StoredRecord::partition).distinct().count();
        for (int partition = 0; partition < partitions; partition++) {
            violations.addAll(ReplicaCheck.check(replicas(cluster, load.topic() + "-" + partition)));
        }
        assertThat(log).hasSizeGreaterThan(1000);
        assertThat(violations.stream().limit(SHOWN))
                .as("%d violations in %d records; %s", violations.size(), log.size(), cluster.outputs())
                .isEmpty();
        load.assertNoClientError();
    }

    private static List<Path> replicas(Cluster cluster, String folder) {
        return cluster.brokers().stream()
                .map(BrokerProcess::dataDir)
                .map(data -> data.resolve(folder))
                .filter(Files::isDirectory)
                .toList();
    }
}
