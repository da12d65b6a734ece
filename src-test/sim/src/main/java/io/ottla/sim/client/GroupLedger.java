package io.ottla.sim.client;

import io.ottla.check.CommitHistory;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.util.Map;
import java.util.TreeMap;

/** What the members of a group were told: who owns what in which generation, and which commits stand. */
public final class GroupLedger {
    private final String group;
    private final int partitions;
    private final CommitHistory commits;
    private final Doubts doubts;
    private final Map<Integer, Map<Integer, String>> owners = new TreeMap<>();

    /** A member in a generation. */
    record Generation(int number, String memberId) {}

    /** @param partitions how many the topic has that the group shares */
    public GroupLedger(World world, String group, int partitions, CommitHistory commits) {
        this.group = group;
        this.partitions = partitions;
        this.commits = commits;
        this.doubts = new Doubts(world);
    }

    public String group() {
        return group;
    }

    int partitions() {
        return partitions;
    }

    /** How many generations had owners. */
    public int generations() {
        return owners.size();
    }

    /** A member has got its assignment. */
    void owns(Generation of, byte[] assignment, ClientNode node) {
        Map<Integer, String> known = owners.computeIfAbsent(of.number(), key -> new TreeMap<>());
        for (byte partition : assignment) {
            String other = known.putIfAbsent((int) partition, of.memberId());
            if (other != null && !other.equals(of.memberId())) {
                throw node.world()
                        .fail(new SimulationFailure(
                                "a partition has one owner per generation",
                                "",
                                "in generation " + of.number() + " of " + group + ", " + other + " and " + of.memberId()
                                        + " own partition " + partition,
                                null));
            }
        }
        node.note("owns " + assignment.length + " partitions in generation " + of.number() + " of " + group);
    }

    void attempts(int partition, long offset) {
        commits.attempted(partition, offset);
    }

    void confirms(int partition, long offset) {
        commits.acknowledged(partition, offset);
    }

    void doubts(int partition, long offset) {
        doubts.add(partition, offset);
    }

    long floor(int partition) {
        return doubts.floor(partition, commits.floor(partition));
    }

    void found(int partition, long floor, long offset) {
        commits.found(partition, floor, offset);
    }
}
