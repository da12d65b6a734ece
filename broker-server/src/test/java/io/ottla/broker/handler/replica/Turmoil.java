package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.DataPlane;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.log.AppendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A seeded run of elections, cuts and restarts under load, with the books of what was acknowledged. */
final class Turmoil {

    private final ReplicaCluster cluster;
    private final Random random;
    private final List<Sent> sent = new ArrayList<>();
    private final Map<Long, String> acknowledged = new TreeMap<>();
    private int counter;

    private record Sent(String batch, List<AppendResult> results) {}

    Turmoil(ReplicaCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    void run(int steps) {
        cluster.elect(1, List.of(1, 2, 3));
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(10)) {
                case 0 -> elect();
                case 1 -> cluster.cut(1 + random.nextInt(3), 1 + random.nextInt(3));
                case 2 -> cluster.mend();
                case 3 -> restart();
                case 4 -> cluster.expire();
                case 5 -> cluster.announce();
                default -> produce();
            }
            cluster.advanceMs(random.nextInt(400));
            collect();
        }
        cluster.mend();
        cluster.announce();
        elect();
        cluster.advanceMs(4 * ReplicaCluster.LAG_MAX_MS);
        cluster.expire();
        cluster.advanceMs(5_000);
        collect();
        check();
    }

    private void produce() {
        int target = cluster.leader;
        if (cluster.brokers.containsKey(target)
                && cluster.broker(target).partitions.get(ReplicaCluster.TOPIC, 0) != null) {
            String value = "value " + counter++;
            List<AppendResult> results = cluster.append(target, RequiredAcks.ALL, value);
            sent.add(new Sent(value, results));
        }
    }

    private void elect() {
        List<Integer> alive =
                cluster.isr.stream().filter(cluster.brokers::containsKey).toList();
        int next = alive.get(random.nextInt(alive.size()));
        // A controller that drops nobody, or those that it takes for dead.
        List<Integer> isr = random.nextBoolean() ? cluster.isr : alive;
        Integer[] told = cluster.brokers.keySet().stream()
                .filter(id -> id == next || random.nextInt(4) > 0)
                .toArray(Integer[]::new);
        cluster.elect(next, isr, told);
        if (told.length < 3) {
            cluster.advanceMs(random.nextInt(300));
            cluster.tell(1, 2, 3);
        }
    }

    private void restart() {
        int id = 1 + random.nextInt(3);
        cluster.stop(id);
        cluster.start(id);
        if (cluster.leader == id) {
            elect();
        }
        cluster.tell(id);
    }

    private void collect() {
        for (Sent each : sent) {
            if (!each.results.isEmpty() && each.results.get(0).isSuccess()) {
                acknowledged.put(each.results.get(0).baseOffset(), each.batch);
            }
        }
        sent.removeIf(each -> !each.results.isEmpty());
    }

    private void check() {
        LeaderRole leader =
                cluster.broker(cluster.leader).hosted(ReplicaCluster.TOPIC, 0).leader();
        assertThat(leader).isNotNull();
        List<String> content = cluster.content(cluster.leader);
        assertThat(acknowledged).isNotEmpty();
        acknowledged.forEach((offset, value) -> {
            long crc = RecordBatch.crc(DataPlane.batch(value), 0);
            assertThat(content.get(offset.intValue())).as(value).endsWith(":" + crc);
        });
        assertThat(cluster.isr).containsExactlyInAnyOrder(1, 2, 3);
        for (int id : cluster.brokers.keySet()) {
            assertThat(cluster.content(id)).as("broker " + id).isEqualTo(content);
            assertThat(cluster.view(id).highWatermark()).isEqualTo(content.size());
        }
    }
}
