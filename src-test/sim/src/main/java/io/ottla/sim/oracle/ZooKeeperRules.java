package io.ottla.sim.oracle;

import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.znode.ControllerEpochNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold of the states of partitions in ZooKeeper, write by write. */
public final class ZooKeeperRules {
    private static final Pattern STATE = Pattern.compile("/brokers/topics/([^/]+)/partitions/(\\d+)/state");

    private final SimZooKeeper zooKeeper;
    private final Map<TopicPartition, PartitionStateNode> states = new TreeMap<>();
    private int controllerEpoch;

    ZooKeeperRules(SimZooKeeper zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    void onNode(NodeEvent event) {
        if (event.path().equals(ControllerEpochNode.PATH)) {
            onControllerEpoch();
            return;
        }
        Matcher state = STATE.matcher(event.path());
        if (state.matches()) {
            onState(new TopicPartition(state.group(1), Integer.parseInt(state.group(2))), event.path());
        }
    }

    private void onControllerEpoch() {
        Optional<Node> node = zooKeeper.peek(ControllerEpochNode.PATH);
        int epoch = node.map(found -> ControllerEpochNode.decode(found.data())).orElse(0);
        if (epoch < controllerEpoch) {
            throw new SimulationFailure(
                    "the controller epoch does not go back", "", "from " + controllerEpoch + " to " + epoch, null);
        }
        controllerEpoch = epoch;
    }

    private void onState(TopicPartition partition, String path) {
        Optional<Node> node = zooKeeper.peek(path);
        if (node.isEmpty()) {
            states.remove(partition);
            return;
        }
        PartitionStateNode now = PartitionStateNode.decode(partition, node.get().data());
        zooKeeper.note(partition + ": " + now);
        if (now.leader() == PartitionStateNode.LEADER_DURING_DELETE) {
            return;
        }
        PartitionStateNode before = states.put(partition, now);
        if (now.controllerEpoch() < controllerEpoch) {
            throw failure(
                    "an older controller changes nothing", partition, now + " in controller epoch " + controllerEpoch);
        }
        if (before != null && now.leaderEpoch() < before.leaderEpoch()) {
            throw failure("leader epochs do not go back", partition, "from " + before + " to " + now);
        }
        if (before != null && now.leaderEpoch() == before.leaderEpoch() && now.leader() != before.leader()) {
            throw failure("a new leader has a new epoch", partition, "from " + before + " to " + now);
        }
        if (now.leader() >= 0 && !now.isr().contains(now.leader())) {
            throw failure("a leader is in the ISR", partition, now.toString());
        }
    }

    private static SimulationFailure failure(String invariant, TopicPartition partition, String what) {
        return new SimulationFailure(invariant, partition.toString(), partition + ": " + what, null);
    }

    /** The newest leader epoch of a partition, -1 if it has no state. */
    public int leaderEpoch(TopicPartition partition) {
        PartitionStateNode state = states.get(partition);
        return state == null ? -1 : state.leaderEpoch();
    }

    /** The broker that leads a partition, -1 if none does. */
    public int leader(TopicPartition partition) {
        PartitionStateNode state = states.get(partition);
        return state == null ? -1 : state.leader();
    }

    /** The ISR of a partition, empty if it has no state. */
    public List<Integer> isr(TopicPartition partition) {
        PartitionStateNode state = states.get(partition);
        return state == null ? List.of() : state.isr();
    }
}
