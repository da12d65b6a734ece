package io.ottla.broker.handler.replica;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.handler.DataPlane;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Several brokers on the test's thread, which replicate one partition of one topic by real Fetch messages, and a controller
 * that does what the test says and keeps the books of the partition. The order in which loops run is drawn from a seed.
 */
final class ReplicaCluster implements AutoCloseable {

    static final String TOPIC = "t";
    static final long LAG_MAX_MS = 10_000;
    static final int WAIT_MAX_MS = 500;

    final MockTicker ticker = Ticker.newMockTicker();
    final Clock clock = Clock.fixed(Instant.ofEpochMilli(DataPlane.NOW_MS), ZoneOffset.UTC);
    final Map<String, LogConfig> configs = new HashMap<>();
    final Map<Integer, ClusterBroker> brokers = new TreeMap<>();
    final List<AlterPartitionRequest> isrRequests = new ArrayList<>();
    final Map<Integer, String> racks = new HashMap<>();
    final Map<Integer, Integer> fetches = new HashMap<>();
    private final Path root;
    private final Random random;
    private final Set<String> cuts = new HashSet<>();
    private final List<MemoryChannel> channels = new ArrayList<>();
    private long nextBrokerEpoch = 100;

    /** The partition's state, as ZooKeeper would have it. */
    int leader = -1;

    int leaderEpoch = -1;
    int partitionEpoch;
    List<Integer> isr = List.of();
    List<Integer> replicas = List.of();
    ErrorCode isrAnswer = ErrorCode.NONE;
    boolean controllerReachable = true;

    ReplicaCluster(Path root, long seed, int brokerCount) {
        this.root = root;
        this.random = new Random(seed);
        for (int id = 1; id <= brokerCount; id++) {
            start(id);
        }
    }

    ClusterBroker start(int id) {
        ClusterBroker broker = startUnannounced(id);
        announce();
        return broker;
    }

    /** Starts a broker of which the others do not hear yet. */
    ClusterBroker startUnannounced(int id) {
        try {
            Path directory = root.resolve("broker-" + id);
            Files.createDirectories(directory);
            Files.createDirectories(ClusterBroker.otherOf(directory));
            ClusterBroker broker = new ClusterBroker(this, id, nextBrokerEpoch++, directory, random.nextLong());
            brokers.put(id, broker);
            run();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends a broker; its files are as a clean end leaves them, and nobody is told. */
    void stop(int id) {
        ClusterBroker broker = broker(id);
        broker.fetchers.close();
        run();
        broker.alive = false;
        channels.forEach(MemoryChannel::failAll);
        run();
        await(broker.control.stopAll().thenApply(done -> true).toCompletableFuture());
        await(broker.logs.close(broker.epoch).thenApply(done -> true).toCompletableFuture());
        brokers.remove(id);
    }

    ClusterBroker broker(int id) {
        ClusterBroker broker = brokers.get(id);
        if (broker == null) {
            throw new AssertionError("broker " + id + " is not there");
        }
        return broker;
    }

    LogView view(int id) {
        return broker(id).view(TOPIC, 0);
    }

    // ---- the controller

    /** Elects a leader in a new epoch, and tells all replicas that are alive, or only some. */
    void elect(int newLeader, List<Integer> newIsr, Integer... told) {
        leader = newLeader;
        isr = newIsr;
        leaderEpoch++;
        partitionEpoch++;
        if (replicas.isEmpty()) {
            replicas = newIsr;
        }
        tell(told.length == 0 ? brokers.keySet().toArray(Integer[]::new) : told);
        announce();
        // Whoever asks a leader that does not know yet that it leads asks again soon.
        advanceMs(50);
    }

    /** Sends the present state to these brokers. */
    void tell(Integer... ids) {
        for (int id : ids) {
            if (replicas.contains(id) && brokers.containsKey(id)) {
                var unused = broker(id)
                        .control
                        .apply(
                                new LeaderAndIsrRequest()
                                        .setTopicStates(List.of(new LeaderAndIsrTopicState()
                                                .setTopicName(TOPIC)
                                                .setTopicId(DataPlane.idOf(TOPIC))
                                                .setPartitionStates(List.of(new LeaderAndIsrPartitionState()
                                                        .setPartitionIndex(0)
                                                        .setLeader(leader)
                                                        .setLeaderEpoch(leaderEpoch)
                                                        .setPartitionEpoch(partitionEpoch)
                                                        .setIsr(isr)
                                                        .setReplicas(replicas))))),
                                LeaderAndIsrRequest.HIGHEST_VERSION);
            }
        }
    }

    /** Sends the metadata to everybody. */
    void announce() {
        UpdateMetadataRequest update = new UpdateMetadataRequest()
                .setControllerId(1)
                .setLiveBrokers(brokers.keySet().stream()
                        .map(id -> new UpdateMetadataBroker().setId(id).setRack(racks.get(id)))
                        .collect(Collectors.toCollection(ArrayList::new)));
        if (leaderEpoch >= 0) {
            update.setTopicStates(List.of(new UpdateMetadataTopicState()
                    .setTopicName(TOPIC)
                    .setTopicId(DataPlane.idOf(TOPIC))
                    .setPartitionStates(List.of(new UpdateMetadataPartitionState()
                            .setPartitionIndex(0)
                            .setLeader(leader)
                            .setLeaderEpoch(leaderEpoch)
                            .setZkVersion(partitionEpoch)
                            .setReplicas(replicas)
                            .setIsr(isr)))));
        }
        brokers.values().forEach(broker -> broker.metadata.apply(update));
    }

    PeerChannel controllerChannel(ClusterBroker source) {
        return new PeerChannel() {
            @Override
            @SuppressWarnings("unchecked")
            public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
                CompletableFuture<R> answer = new CompletableFuture<>();
                source.loops.get(1).execute(() -> {
                    if (controllerReachable) {
                        answer.complete((R) alterPartition((AlterPartitionRequest) request));
                    } else {
                        answer.completeExceptionally(new PeerUnreachableException("no controller"));
                    }
                });
                return answer;
            }

            @Override
            public void keepOpen(Runnable onRefused) {}

            @Override
            public void close() {}
        };
    }

    private AlterPartitionResponse alterPartition(AlterPartitionRequest request) {
        isrRequests.add(request);
        AlterPartitionRequest.PartitionData wanted =
                request.topics().get(0).partitions().get(0);
        AlterPartitionResponse.PartitionData answer = new AlterPartitionResponse.PartitionData();
        ErrorCode error = isrAnswer;
        if (error == ErrorCode.NONE && wanted.leaderEpoch() != leaderEpoch) {
            error = ErrorCode.FENCED_LEADER_EPOCH;
        } else if (error == ErrorCode.NONE && wanted.partitionEpoch() != partitionEpoch) {
            error = ErrorCode.INVALID_UPDATE_VERSION;
        }
        if (error == ErrorCode.NONE) {
            isr = wanted.newIsrWithEpochs().stream()
                    .map(AlterPartitionRequest.BrokerState::brokerId)
                    .toList();
            partitionEpoch++;
            answer.setLeaderId(leader).setLeaderEpoch(leaderEpoch).setIsr(isr).setPartitionEpoch(partitionEpoch);
        }
        answer.setErrorCode(error.code());
        return new AlterPartitionResponse()
                .setTopics(List.of(new AlterPartitionResponse.TopicData()
                        .setTopicId(DataPlane.idOf(TOPIC))
                        .setPartitions(List.of(answer))));
    }

    // ---- the network

    PeerChannel channel(ClusterBroker source, int target) {
        ClusterBroker peer = brokers.get(target);
        MemoryChannel channel = new MemoryChannel(this, source, peer == null ? source : peer);
        if (peer == null) {
            channel.close();
        }
        channels.add(channel);
        return channel;
    }

    boolean isLinked(int source, int target) {
        return !cuts.contains(source + "-" + target) && brokers.containsKey(target) && broker(target).alive;
    }

    void cut(int source, int target) {
        cuts.add(source + "-" + target);
        channels.forEach(MemoryChannel::failAll);
    }

    void mend() {
        cuts.clear();
    }

    void sent(int source, int target, ApiMessage request) {
        if (request instanceof FetchRequest) {
            fetches.merge(source, 1, Integer::sum);
        }
    }

    // ---- producers

    /** Appends one batch on a broker and runs everything; the results so far. */
    List<AppendResult> produce(int brokerId, RequiredAcks acks, String... values) {
        List<AppendResult> results = append(brokerId, acks, values);
        run();
        return results;
    }

    List<AppendResult> append(int brokerId, RequiredAcks acks, String... values) {
        Partition partition = broker(brokerId).hosted(TOPIC, 0);
        List<AppendResult> results = new ArrayList<>();
        ByteBuf batch = DataPlane.batch(values);
        partition.loop().execute(() -> partition.append(batch, 12, acks, results::add));
        return results;
    }

    /** Every batch of a broker's log as "epoch@offset+size:crc". */
    List<String> content(int id) {
        LogView view = view(id);
        List<String> all = new ArrayList<>();
        long offset = view.logStartOffset();
        while (offset < view.logEndOffset()) {
            FetchedRecords read = view.read(offset, 1 << 15, view.logEndOffset(), LogView.FirstBatch.WHOLE);
            ByteBuf bytes = read.buffer();
            if (bytes == null || !bytes.isReadable()) {
                throw new AssertionError("nothing at " + offset);
            }
            int at = bytes.readerIndex();
            while (at < bytes.writerIndex()) {
                all.add(RecordBatch.leaderEpoch(bytes, at) + "@" + RecordBatch.baseOffset(bytes, at) + "+"
                        + RecordBatch.sizeBytes(bytes, at) + ":" + RecordBatch.crc(bytes, at));
                offset = RecordBatch.nextOffset(bytes, at);
                at += RecordBatch.sizeBytes(bytes, at);
            }
            read.release();
        }
        return all;
    }

    // ---- time

    boolean runOne() {
        List<ManualLoop> loops = new ArrayList<>();
        brokers.values().forEach(broker -> loops.addAll(broker.loops));
        int first = random.nextInt(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get((first + i) % loops.size()).runOne()) {
                return true;
            }
        }
        return false;
    }

    void run() {
        for (int steps = 0; runOne(); steps++) {
            if (steps > 20_000) {
                throw new AssertionError("the cluster does not come to rest");
            }
        }
    }

    /** Lets time pass in small steps. */
    void advanceMs(long ms) {
        for (long passed = 0; passed < ms; passed += 10) {
            run();
            ticker.advanceMillis(Math.min(10, ms - passed));
        }
        run();
    }

    /** Lets every leader look for laggards. */
    void expire() {
        brokers.values().forEach(broker -> broker.partitions.reviewIsrs());
        run();
    }

    <T> T await(CompletableFuture<T> future) {
        run();
        return DataPlane.now(future);
    }

    @Override
    public void close() {
        for (int id : List.copyOf(brokers.keySet())) {
            stop(id);
        }
    }
}
