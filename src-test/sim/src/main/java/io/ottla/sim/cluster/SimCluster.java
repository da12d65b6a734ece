package io.ottla.sim.cluster;

import io.ottla.sim.net.SimNetwork;
import io.ottla.sim.world.World;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.ArrayList;
import java.util.List;

/** All machines of a cluster, the network between them, and its ZooKeeper. */
public final class SimCluster {
    private final SimNetwork network;
    private final SimZooKeeper zooKeeper;
    private final List<SimBroker> brokers = new ArrayList<>();

    /** Brokers have ids from 1 on. */
    public SimCluster(World world, Scenario scenario) {
        this.network = new SimNetwork(world);
        this.zooKeeper = new SimZooKeeper(world, network);
        for (int id = 1; id <= scenario.shape().brokers(); id++) {
            brokers.add(new SimBroker(world, network, zooKeeper, id, scenario));
        }
    }

    public SimNetwork network() {
        return network;
    }

    public SimZooKeeper zooKeeper() {
        return zooKeeper;
    }

    /** In the order of their ids. */
    public List<SimBroker> brokers() {
        return List.copyOf(brokers);
    }

    public SimBroker broker(int id) {
        return brokers.get(id - 1);
    }

    public List<String> addresses() {
        return brokers.stream().map(SimBroker::address).toList();
    }

    /** Starts every broker that does not run. */
    public void startAll() {
        brokers.forEach(SimBroker::start);
    }
}
