package io.ottla.sim.cluster;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.bootstrap.BrokerCore;
import io.ottla.broker.bootstrap.BrokerPorts;
import io.ottla.broker.bootstrap.Identity;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.request.RequestMemory;
import io.ottla.broker.request.RequestServices;
import io.ottla.controller.ClusterLayout;
import io.ottla.sim.disk.SimDisk;
import io.ottla.sim.disk.SimLogDirectory;
import io.ottla.sim.net.Farewell;
import io.ottla.sim.net.SimNetwork;
import io.ottla.sim.net.SimPeerNetwork;
import io.ottla.sim.net.SimServer;
import io.ottla.sim.world.SimLoop;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.SimWorkers;
import io.ottla.sim.world.World;
import io.ottla.sim.zk.SimZooKeeper;
import io.ottla.sim.zk.SimZooKeeperSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A machine with disks and at most one broker process. */
public final class SimBroker {
    private static final int LOOPS = 2;
    private static final long REQUEST_MEMORY_BYTES = 1L << 30;
    private static final long SUPERVISOR_PAUSE_MS = 1_000;
    private static final int PORT = 9092;

    private final World world;
    private final SimNetwork network;
    private final SimZooKeeper zooKeeper;
    private final int id;
    private final Scenario scenario;
    private final List<SimDisk> disks;
    private @Nullable Life life;
    private int lives;

    /** One process. */
    private static final class Life {
        final SimProcess process;
        final SimWorkers workers;
        final SimZooKeeperSession session;
        final RequestMemory memory = new RequestMemory(REQUEST_MEMORY_BYTES);

        @Nullable
        BrokerCore core;

        @Nullable
        SimServer server;

        boolean ready;

        Life(SimProcess process, SimWorkers workers, SimZooKeeperSession session) {
            this.process = process;
            this.workers = workers;
            this.session = session;
        }
    }

    SimBroker(World world, SimNetwork network, SimZooKeeper zooKeeper, int id, Scenario scenario) {
        this.scenario = scenario;
        this.disks = Stream.generate(SimDisk::new)
                .limit(scenario.shape().directories())
                .toList();
        this.world = world;
        this.network = network;
        this.zooKeeper = zooKeeper;
        this.id = id;
    }

    public int id() {
        return id;
    }

    public String name() {
        return "broker-" + id;
    }

    /** One per log directory. */
    public List<SimDisk> disks() {
        return disks;
    }

    public void repairDisks() {
        disks.forEach(SimDisk::repair);
    }

    public boolean hasGoodDisks() {
        return disks.stream().allMatch(SimDisk::isGood);
    }

    /** What requests hold of the broker's memory, 0 while there is no broker. */
    public long requestBytes() {
        Life now = life;
        return now == null ? 0 : now.memory.usedBytes();
    }

    public String address() {
        return name() + ":" + PORT;
    }

    /** The broker as it is now; null while there is none. */
    public @Nullable BrokerCore core() {
        Life now = life;
        return now == null ? null : now.core;
    }

    public boolean isRunning() {
        return life != null;
    }

    /** How many processes there have been: tells one broker from the next one of its id. */
    public int lives() {
        return lives;
    }

    /** Whether the process has been introduced to its cluster. */
    public boolean isReady() {
        Life now = life;
        return now != null && now.ready;
    }

    public @Nullable SimProcess process() {
        Life now = life;
        return now == null ? null : now.process;
    }

    private void note(String what) {
        world.trace().note(name(), what);
    }

    /** Starts a process unless there is one. One that cannot start is started again. */
    public void start() {
        if (life != null) {
            return;
        }
        lives++;
        note("starts, life " + lives);
        SimProcess process = new SimProcess(world, id, name());
        SimLoop control = new SimLoop(process, "control");
        List<EventExecutor> loops = loops(process);
        SimWorkers workers = new SimWorkers(process);
        BrokerConfig config = BrokerConfig.of(Settings.of(id, scenario));
        SimZooKeeperSession session =
                zooKeeper.client(process, control, config.zooKeeper().sessionTimeoutMs());
        Life started = new Life(process, workers, session);
        life = started;
        List<SimLogDirectory> directories = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            directories.add(new SimLogDirectory(disks.get(i), process, Path.of(Settings.directory(id, i))));
        }
        BrokerPorts ports = new BrokerPorts(
                new BrokerPorts.Threads(loops, control, workers, new UnpooledByteBufAllocator(false, true)),
                process.ticker(),
                process.clock(),
                new Random(world.random().nextLong()),
                directories,
                session,
                new SimPeerNetwork(network, process, loops, Farewell.LINGERS));
        Identity identity =
                new Identity(id, "simulated", null, config.listeners().advertised());
        var unused = session.connect()
                .thenCompose(connected -> ClusterLayout.createRoots(session))
                .thenCompose(laidOut -> BrokerCore.of(config, identity, ports))
                .thenCompose(core -> run(started, core, loops, config))
                .whenComplete((done, failure) -> {
                    if (failure != null && !process.isDead()) {
                        note("could not start: " + failure);
                        die(started);
                        world.afterMs(SUPERVISOR_PAUSE_MS, "supervisor", this::start);
                    }
                });
    }

    private static List<EventExecutor> loops(SimProcess process) {
        SimLoop[] loops = new SimLoop[LOOPS];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new SimLoop(process, "loop-" + i);
        }
        return List.of(loops);
    }

    private CompletionStage<?> run(Life started, BrokerCore core, List<EventExecutor> loops, BrokerConfig config) {
        started.core = core;
        SimServer server = new SimServer(
                started.process,
                loops,
                new RequestServices(
                        core.handlers(), started.memory, config.network().queuedMaxRequests()));
        started.server = server;
        network.listen(address(), server);
        return core.readSettings()
                .thenRunAsync(core::loadLogs, started.workers)
                .thenCompose(loading -> core.register())
                .thenCompose(epoch -> {
                    note("registered with epoch " + epoch);
                    server.serve();
                    return core.stand();
                })
                .thenCompose(stood -> core.awaitMetadata())
                .thenRun(() -> {
                    core.becomeReady();
                    started.ready = true;
                    note("ready");
                    var unused = core.watchDirectories().thenRun(() -> {
                        note("its last log directory has failed");
                        world.after(0, "supervisor", () -> die(started));
                    });
                });
    }

    private void die(Life dying) {
        if (life == dying) {
            life = null;
            dying.process.kill();
            network.onDeath(dying.process);
            zooKeeper.onDeath(dying.process);
        }
    }

    /** As kill -9: what was written stays. */
    public void crash() {
        Life now = life;
        if (now != null) {
            note("is killed");
            die(now);
        }
    }

    /** The machine goes dark: what was not forced may be lost. */
    public void losePower(Random random) {
        crash();
        note("has lost power");
        disks.forEach(disk -> disk.losePower(random));
    }

    /** Stops as on SIGTERM; {@code then} runs when the process has ended. */
    public void stopCleanly(Runnable then) {
        Life now = life;
        BrokerCore core = core();
        if (now == null || core == null || !now.ready) {
            crash();
            then.run();
            return;
        }
        note("shuts down");
        long epoch = core.registration().brokerEpoch();
        var unused = core.moveLeadership(now.session::isConnected)
                .thenRunAsync(
                        () -> {
                            // Nobody waits: what ZooKeeper is not told before the session ends, its end tells.
                            var unusedLeft = core.leave().exceptionally(failure -> null);
                            core.resign();
                            SimServer server = now.server;
                            if (server != null) {
                                server.close();
                            }
                        },
                        now.workers)
                .thenComposeAsync(resigned -> core.stopReplicas(), now.workers)
                .thenComposeAsync(stopped -> core.closeLogs(epoch), now.workers)
                .whenComplete((closed, failure) -> {
                    if (!now.process.isDead()) {
                        note(failure == null ? "has shut down" : "has shut down badly: " + failure);
                        core.closePeers();
                        now.session.close();
                        world.after(0, "supervisor", () -> {
                            die(now);
                            then.run();
                        });
                    }
                });
    }
}
