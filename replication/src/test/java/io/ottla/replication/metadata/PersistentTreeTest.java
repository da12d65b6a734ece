package io.ottla.replication.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds the persistent tree against {@link TreeMap} under seeded random updates, older versions included. */
class PersistentTreeTest {

    @Test
    void agreesWithATreeMapAndLeavesOlderVersionsAlone() {
        Random random = new Random(7);
        TreeMap<Integer, Integer> model = new TreeMap<>();
        PersistentTree<Integer, Integer> tree = PersistentTree.empty();
        List<PersistentTree<Integer, Integer>> olderTrees = new ArrayList<>();
        List<List<Integer>> olderValues = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(500);
            if (random.nextInt(5) < 2) {
                model.remove(key);
                tree = tree.without(key);
            } else {
                model.put(key, step);
                tree = tree.with(key, step);
            }
            assertThat(tree.get(key)).isEqualTo(model.get(key));
            assertThat(tree.size()).isEqualTo(model.size());
            if (step % 1000 == 0) {
                olderTrees.add(tree);
                olderValues.add(List.copyOf(model.values()));
                int from = random.nextInt(500);
                PersistentTree<Integer, Integer> current = tree;
                assertThat((Iterable<Integer>) () -> current.iteratorFrom(from))
                        .containsExactlyElementsOf(model.tailMap(from).values());
            }
        }
        for (int version = 0; version < olderTrees.size(); version++) {
            assertThat(olderTrees.get(version)).containsExactlyElementsOf(olderValues.get(version));
        }
    }
}
