package io.ottla.controller.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.znode.BrokerIdNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The spread of replicas, held to the examples that Apache Kafka documents and to what a spread must keep. */
class ReplicaPlacementTest {

    @Test
    void spreadsAsTheDocumentedExampleWithoutRacks() {
        List<LiveBroker> brokers = new ArrayList<>();
        for (int id = 0; id < 5; id++) {
            brokers.add(broker(id, null));
        }
        List<List<Integer>> placed = new ReplicaPlacement(brokers).place(0, 10, 3, 0, 0);
        assertThat(placed)
                .containsExactly(
                        List.of(0, 1, 2),
                        List.of(1, 2, 3),
                        List.of(2, 3, 4),
                        List.of(3, 4, 0),
                        List.of(4, 0, 1),
                        List.of(0, 2, 3),
                        List.of(1, 3, 4),
                        List.of(2, 4, 0),
                        List.of(3, 0, 1),
                        List.of(4, 1, 2));
    }

    @Test
    void putsNoTwoReplicasIntoOneRackWhileThereAreOthers() {
        List<LiveBroker> brokers = List.of(
                broker(0, "rack1"),
                broker(1, "rack3"),
                broker(2, "rack3"),
                broker(3, "rack2"),
                broker(4, "rack2"),
                broker(5, "rack1"));
        Map<Integer, String> racks = new TreeMap<>();
        brokers.forEach(each -> racks.put(each.id(), String.valueOf(each.node().rack())));
        Map<Integer, Integer> leaders = new TreeMap<>();
        List<List<Integer>> placed = new ReplicaPlacement(brokers).place(0, 60, 3, new Random(5));
        for (List<Integer> replicas : placed) {
            assertThat(replicas.stream().map(racks::get)).containsExactlyInAnyOrder("rack1", "rack2", "rack3");
            leaders.merge(replicas.get(0), 1, Integer::sum);
        }
        assertThat(leaders.values()).containsOnly(10);
    }

    @Test
    void fillsUpFromUsedRacksWhenThereAreMoreReplicasThanRacks() {
        List<LiveBroker> brokers = List.of(broker(0, "a"), broker(1, "a"), broker(2, "a"), broker(3, "b"));
        for (List<Integer> replicas : new ReplicaPlacement(brokers).place(0, 40, 4, new Random(1))) {
            assertThat(new HashSet<>(replicas)).hasSize(4);
        }
    }

    @Test
    void countsRacksOnlyIfEveryBrokerNamesOne() {
        List<LiveBroker> brokers = List.of(broker(0, "a"), broker(1, null));
        assertThat(new ReplicaPlacement(brokers).place(0, 2, 2, 0, 0)).containsExactly(List.of(0, 1), List.of(1, 0));
    }

    @Test
    void goesOnWhereThePresentPartitionsEnd() {
        List<LiveBroker> brokers = List.of(broker(1, null), broker(2, null), broker(4, null));
        ReplicaPlacement placement = new ReplicaPlacement(brokers);
        assertThat(placement.placeMore(2, 3, 1, 2)).containsExactly(List.of(1), List.of(2), List.of(4));
        assertThat(placement.placeMore(1, 1, 1, 3)).containsExactly(List.of(1));
        assertThat(placement.placeMore(1, 1, 1, 9)).containsExactly(List.of(2));
    }

    @Test
    void placesOnASingleBroker() {
        assertThat(new ReplicaPlacement(List.of(broker(7, "a"))).place(3, 2, 1, new Random(1)))
                .containsExactly(List.of(7), List.of(7));
    }

    private static LiveBroker broker(int id, @Nullable String rack) {
        return new LiveBroker(new BrokerIdNode(id, List.of(), rack, -1, 0), id);
    }
}
