package io.ottla.sim.oracle;

import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.znode.ControllerEpochNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must hold of topics and the states of partitions in ZooKeeper, write by write. */
public final class ZooKeeperRules {
    private static final Pattern TOPIC = Pattern.compile("/brokers/topics/([^/]+)");
    private static final Pattern STATE = Pattern.compile("/brokers/topics/([^/]+)/partitions/(\\d+)/state");

    /** What nobody writes but the controller. */
    private static final List<String> CONTROLLED =
            List.of("/brokers/topics/", "/admin/delete_topics/", "/latest_producer_id_block", "/feature");

    private static final long NOBODY = 0;

    private final SimZooKeeper zooKeeper;
    private final Listener listener;
    private final Map<TopicPartition, PartitionStateNode> states = new TreeMap<>();
    private int controllerEpoch;
    /** The session that was elected last. */
    private long elected = NOBODY;

    /** Told of what has passed the rules. */
    interface Listener {
        void onTopic(String topic, UUID id, SortedMap<Integer, ReplicaAssignment> assignments);

        void onTopicGone(String topic);

        /**
         * The state of a partition has been written.
         *
         * @param unclean whether records may have been lost by it
         */
        void onState(TopicPartition partition, boolean unclean);
    }

    ZooKeeperRules(SimZooKeeper zooKeeper, Listener listener) {
        this.zooKeeper = zooKeeper;
        this.listener = listener;
    }

    void onNode(NodeEvent event) {
        if (event.type() == NodeEvent.Type.CHILDREN_CHANGED) {
            return;
        }
        if (event.path().equals(ControllerEpochNode.PATH)) {
            onControllerEpoch();
            return;
        }
        checkWriter(event.path());
        Matcher topic = TOPIC.matcher(event.path());
        if (topic.matches()) {
            onTopic(topic.group(1), event.path());
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
        elected = zooKeeper.writer();
    }

    /** Whoever else was elected before, and writes, does not know yet that it is over. */
    private void checkWriter(String path) {
        long writer = zooKeeper.writer();
        // Before the first election brokers lay out what there is to write to.
        boolean another = writer != NOBODY && elected != NOBODY && writer != elected;
        if (another && CONTROLLED.stream().anyMatch(path::startsWith)) {
            throw new SimulationFailure(
                    "only the controller elected last changes anything",
                    "",
                    path + " by session 0x%x, elected was 0x%x, epoch %d".formatted(writer, elected, controllerEpoch),
                    null);
        }
    }

    private void onTopic(String topic, String path) {
        Optional<Node> node = zooKeeper.peek(path);
        if (node.isEmpty()) {
            zooKeeper.note(topic + " is deleted");
            listener.onTopicGone(topic);
            return;
        }
        TopicNode now = TopicNode.decode(topic, node.get().data());
        UUID id = now.topicId();
        if (id == null) {
            throw new SimulationFailure("a topic has an id", topic, now.toString(), null);
        }
        zooKeeper.note(topic + " is " + now);
        listener.onTopic(topic, id, now.partitions());
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
        check(partition, states.put(partition, now), now);
        listener.onState(partition, now.recoveryState() != 0);
    }

    private void check(TopicPartition partition, @Nullable PartitionStateNode before, PartitionStateNode now) {
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
        boolean clean = now.leader() >= 0 && now.recoveryState() == 0;
        if (before != null
                && clean
                && now.leader() != before.leader()
                && !before.isr().contains(now.leader())) {
            throw failure("a new leader comes from the ISR", partition, "from " + before + " to " + now);
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
