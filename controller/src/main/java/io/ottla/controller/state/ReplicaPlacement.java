package io.ottla.controller.state;

import io.ottla.controller.propagation.LiveBroker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Spreads the replicas of new partitions over brokers as Apache Kafka does (KIP-36): leaders round robin from a random
 * start, followers at a distance that grows each time the leaders have gone round. With racks the brokers are first
 * interleaved by rack, and a rack is used twice only when all have been used. Racks count only if all brokers name one.
 */
public final class ReplicaPlacement {

    private final List<Integer> brokers;
    private final TreeMap<Integer, String> racks = new TreeMap<>();
    private final int rackCount;

    /** Over these brokers, at least one. */
    public ReplicaPlacement(Collection<LiveBroker> live) {
        for (LiveBroker broker : live) {
            String rack = broker.node().rack();
            if (rack != null) {
                racks.put(broker.id(), rack);
            }
        }
        boolean rackAware = racks.size() == live.size();
        if (!rackAware) {
            racks.clear();
        }
        brokers = rackAware
                ? interleaved(racks)
                : live.stream().map(LiveBroker::id).sorted().toList();
        rackCount = new HashSet<>(racks.values()).size();
    }

    /** One broker of each rack in turn: a1 b1 c1 a2 b2 c2. */
    private static List<Integer> interleaved(SortedMap<Integer, String> racks) {
        TreeMap<String, List<Integer>> byRack = new TreeMap<>();
        racks.forEach((broker, rack) ->
                byRack.computeIfAbsent(rack, r -> new ArrayList<>()).add(broker));
        List<Integer> order = new ArrayList<>();
        for (int round = 0; order.size() < racks.size(); round++) {
            for (List<Integer> members : byRack.values()) {
                if (round < members.size()) {
                    order.add(members.get(round));
                }
            }
        }
        return order;
    }

    /**
     * Replicas of partitions {@code first} (inclusive) to {@code first + count} (exclusive), the leader first.
     *
     * @param replicationFactor at most the number of brokers
     */
    public List<List<Integer>> place(int first, int count, int replicationFactor, RandomGenerator random) {
        int start = random.nextInt(brokers.size());
        return place(first, count, replicationFactor, start, random.nextInt(brokers.size()));
    }

    /**
     * As {@link #place(int, int, int, RandomGenerator)} for partitions that are added: the leaders go on round robin from
     * where the leader of partition 0 is, as far as that broker is still there.
     */
    public List<List<Integer>> placeMore(int first, int count, int replicationFactor, int leaderOfPartition0) {
        List<Integer> sorted = brokers.stream().sorted().toList();
        int start = 0;
        while (start < sorted.size() && sorted.get(start) < leaderOfPartition0) {
            start++;
        }
        int from = start == sorted.size() ? 0 : start;
        return place(first, count, replicationFactor, from, from);
    }

    List<List<Integer>> place(int first, int count, int replicationFactor, int start, int firstShift) {
        int size = brokers.size();
        int shift = firstShift;
        List<List<Integer>> placed = new ArrayList<>(count);
        for (int partition = first; partition < first + count; partition++) {
            if (partition > 0 && partition % size == 0) {
                shift++;
            }
            int leader = (partition + start) % size;
            placed.add(
                    racks.isEmpty()
                            ? plain(leader, shift, replicationFactor)
                            : racked(leader, shift, replicationFactor));
        }
        return placed;
    }

    private List<Integer> plain(int leader, int shift, int replicationFactor) {
        List<Integer> replicas = new ArrayList<>(replicationFactor);
        replicas.add(brokers.get(leader));
        for (int follower = 0; follower < replicationFactor - 1; follower++) {
            replicas.add(brokers.get(followerIndex(leader, shift, follower)));
        }
        return replicas;
    }

    private List<Integer> racked(int leader, int shift, int replicationFactor) {
        List<Integer> replicas = new ArrayList<>(replicationFactor);
        Set<String> used = new HashSet<>();
        replicas.add(brokers.get(leader));
        used.add(racks.get(brokers.get(leader)));
        int distance = 0;
        while (replicas.size() < replicationFactor) {
            int candidate = brokers.get(followerIndex(leader, shift * rackCount, distance++));
            String rack = racks.get(candidate);
            boolean rackFree = !used.contains(rack) || used.size() == rackCount;
            boolean allBrokersOfRacksUsed = distance > 2 * brokers.size();
            if (!replicas.contains(candidate) && (rackFree || allBrokersOfRacksUsed)) {
                replicas.add(candidate);
                used.add(rack);
            }
        }
        return replicas;
    }

    /** Never the leader's own place, whatever the shift. */
    private int followerIndex(int leader, int shift, int follower) {
        int size = brokers.size();
        return size == 1 ? 0 : (leader + 1 + (shift + follower) % (size - 1)) % size;
    }
}
