package io.ottla.broker.handler.replica;

import io.ottla.broker.handler.TestContext;
import io.ottla.broker.handler.fetch.FetchHandler;
import io.ottla.broker.handler.fetch.ReplicaSelector;
import io.ottla.broker.handler.log.ListOffsetsHandler;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.fetcher.FetcherSettings;
import io.ottla.replication.fetcher.ReplicaFetchers;
import io.ottla.replication.isr.AlterPartitionSender;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.move.ReplicaMoves;
import io.ottla.replication.partition.LeaderServices;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.ReplicaControl;
import io.ottla.replication.quota.FollowerThrottle;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One broker of a {@link ReplicaCluster}: real logs, partitions, fetchers and handlers, on two manual loops of its own. */
final class ClusterBroker {

    final int id;
    /** Of its registration; a lost session is followed by another one. */
    long epoch;

    final List<ManualLoop> loops;
    final MetadataCache metadata = new MetadataCache();
    final LogStore logs;
    final PartitionSet partitions;
    final ReplicaControl control;
    final ReplicaFetchers fetchers;
    final ReplicaMoves moves;
    final ReplicationThrottle serving;
    final ReplicationThrottle copying;
    final ReplicationThrottle moving;
    private final FetchHandler fetch;
    private final ListOffsetsHandler listOffsets;
    boolean alive = true;

    ClusterBroker(ReplicaCluster cluster, int id, long epoch, Path directory, long seed) throws IOException {
        this.id = id;
        this.epoch = epoch;
        this.serving = new ReplicationThrottle(cluster.ticker, 11, 1);
        this.copying = new ReplicationThrottle(cluster.ticker, 11, 1);
        this.moving = new ReplicationThrottle(cluster.ticker, 11, 1);
        this.loops = List.of(new ManualLoop(cluster.ticker), new ManualLoop(cluster.ticker));
        AlterPartitionSender sender = new AlterPartitionSender(
                id, () -> this.epoch, refused -> {}, cluster.controllerChannel(this), loops.get(0));
        this.partitions = new PartitionSet(
                loops,
                cluster.clock,
                new LeaderServices(id, () -> this.epoch, sender, metadata, ReplicaCluster.LAG_MAX_MS, Runnable::run));
        this.logs = new LogStore(
                List.of(NioLogDirectory.open(directory), NioLogDirectory.open(otherOf(directory))),
                StoreSettings.DEFAULT,
                new StoreEnvironment(
                        loops.get(0),
                        partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                        Runnable::run,
                        cluster.clock,
                        partition -> LogConfig.DEFAULT,
                        new Random(seed)));
        logs.start();
        this.control = new ReplicaControl(
                id,
                partitions,
                logs,
                new ControllerFence(() -> this.epoch),
                topic -> CompletableFuture.completedFuture(cluster.configs.getOrDefault(topic, LogConfig.DEFAULT)));
        FetcherSettings settings = new FetcherSettings(1, 1 << 20, 10 << 20, 1, ReplicaCluster.WAIT_MAX_MS, 1_000);
        this.fetchers = new ReplicaFetchers(
                settings,
                id,
                () -> this.epoch,
                partitions,
                (source, loop) -> cluster.channel(this, source),
                new FollowerThrottle(copying, id));
        control.addListener(fetchers);
        this.moves =
                new ReplicaMoves(partitions, logs, moving, task -> loops.get(0).execute(task), control::onMoved);
        control.addListener(moves);
        PartitionLocator locator = new PartitionLocator(partitions, metadata);
        this.fetch = new FetchHandler(
                locator,
                new FetchHandler.Settings(50 << 20, 10, ReplicaSelector.RACK_AWARE),
                task -> loops.get(0).execute(task),
                cluster.ticker,
                new Random(seed),
                new LeaderThrottle(serving, id));
        this.listOffsets = new ListOffsetsHandler(locator, Runnable::run);
    }

    /** The second log directory, which gets no logs of its own as long as the first has no more. */
    static Path otherOf(Path directory) {
        return directory.resolveSibling(directory.getFileName() + "-other");
    }

    CompletionStage<? extends ApiMessage> handle(ApiMessage request, TestContext context) {
        if (!alive) {
            return CompletableFuture.failedFuture(new IllegalStateException("dead"));
        }
        if (request instanceof FetchRequest wanted) {
            return fetch.handle(context, wanted);
        }
        if (request instanceof ListOffsetsRequest wanted) {
            return listOffsets.handle(context, wanted);
        }
        throw new AssertionError("unexpected " + request);
    }

    Partition hosted(String topic, int partition) {
        Partition hosted = partitions.get(topic, partition);
        if (hosted == null) {
            throw new AssertionError(topic + "-" + partition + " is not hosted by " + id);
        }
        return hosted;
    }

    PartitionLog log(String topic, int partition) {
        PartitionLog log = hosted(topic, partition).role().log();
        if (log == null) {
            throw new AssertionError("no log");
        }
        return log;
    }

    LogView view(String topic, int partition) {
        return log(topic, partition).view();
    }
}
