package io.ottla.sim.client;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.network.PeerSettings;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FindCoordinatorRequest;
import io.ottla.protocol.message.FindCoordinatorResponse;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.sim.net.Farewell;
import io.ottla.sim.net.SimNetwork;
import io.ottla.sim.net.SimPeerNetwork;
import io.ottla.sim.world.SimLoop;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What clients have in common: a loop, connections to brokers, and what they know of who leads what. */
public final class ClientNode {
    private static final short METADATA_VERSION = 12;
    private static final short FIND_VERSION = 4;
    private static final int REQUEST_TIMEOUT_MS = 8_000;
    private static final int MAX_IN_FLIGHT = 1_000;
    private static final int MAX_RESPONSE_BYTES = 64 << 20;
    private static final long BACKOFF_MS = 100;

    private final World world;
    private final SimProcess process;
    private final SimLoop loop;
    private final SimPeerNetwork network;
    private final List<String> bootstrap;
    private final Pace pace;
    private final String topic;
    private final Map<String, PeerChannel> channels = new TreeMap<>();
    private final Map<Integer, String> addresses = new TreeMap<>();
    private final Map<Integer, Leader> leaders = new TreeMap<>();
    private UUID topicId = Base64Uuid.ZERO;
    private boolean refreshing;

    /** Who leads a partition, as far as is known here; broker -1 if nobody does. */
    record Leader(int brokerId, int epoch) {}

    /**
     * Where clients are.
     *
     * @param bootstrap addresses of brokers
     */
    public record Site(World world, SimNetwork network, List<String> bootstrap, Pace pace) {}

    public ClientNode(Site site, int host, String name, String topic, Farewell farewell) {
        this.world = site.world();
        this.process = new SimProcess(world, host, name);
        this.loop = new SimLoop(process, "client");
        this.network = new SimPeerNetwork(site.network(), process, List.<EventExecutor>of(loop), farewell);
        this.bootstrap = site.bootstrap();
        this.pace = site.pace();
        this.topic = topic;
    }

    String name() {
        return process.name();
    }

    World world() {
        return world;
    }

    Pace pace() {
        return pace;
    }

    SimLoop loop() {
        return loop;
    }

    String topic() {
        return topic;
    }

    void note(String what) {
        process.note(what);
    }

    /** Runs something on the client's loop, again and again; seldom while it is calm. */
    void every(long minMs, long maxMs, Runnable task) {
        every(minMs, maxMs, Long.MAX_VALUE, task);
    }

    /**
     * Runs something on the client's loop, again and again.
     *
     * @param limitMs the longest pause, even while it is calm
     */
    void every(long minMs, long maxMs, long limitMs, Runnable task) {
        long delayMs = minMs + world.random().nextInt((int) (maxMs - minMs) + 1);
        later(Math.min(limitMs, pace.stretched(delayMs)), () -> {
            task.run();
            every(minMs, maxMs, limitMs, task);
        });
    }

    void later(long delayMs, Runnable task) {
        var unused = loop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }

    /** To any broker. */
    <R extends ApiMessage> CompletableFuture<R> sendAnywhere(ApiMessage request, short version) {
        return channel(bootstrap.get(world.random().nextInt(bootstrap.size()))).send(request, version);
    }

    <R extends ApiMessage> CompletableFuture<R> send(String address, ApiMessage request, short version) {
        return channel(address).send(request, version);
    }

    private PeerChannel channel(String address) {
        return channels.computeIfAbsent(address, key -> {
            int colon = key.lastIndexOf(':');
            return network.open(
                    loop,
                    key.substring(0, colon),
                    Integer.parseInt(key.substring(colon + 1)),
                    new PeerSettings(
                            process.name(),
                            REQUEST_TIMEOUT_MS,
                            REQUEST_TIMEOUT_MS,
                            MAX_IN_FLIGHT,
                            MAX_RESPONSE_BYTES,
                            -1));
        });
    }

    /** The address of a partition's leader; null if it is not known, and then asked for. */
    @Nullable
    String leaderAddress(int partition) {
        Leader leader = leaders.get(partition);
        String address = leader == null ? null : addresses.get(leader.brokerId);
        if (address == null) {
            refresh();
        }
        return address;
    }

    int leaderEpoch(int partition) {
        Leader leader = leaders.get(partition);
        return leader == null ? -1 : leader.epoch;
    }

    /** Asks some broker who leads what. */
    void refresh() {
        if (refreshing) {
            return;
        }
        refreshing = true;
        MetadataRequest request = new MetadataRequest().setAllowAutoTopicCreation(false);
        request.topics().add(new MetadataRequest.MetadataRequestTopic().setName(topic));
        CompletableFuture<MetadataResponse> sent = sendAnywhere(request, METADATA_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            if (response != null) {
                learn(response);
            }
            later(BACKOFF_MS, () -> refreshing = false);
        });
    }

    private void learn(MetadataResponse response) {
        response.brokers().forEach(broker -> addresses.put(broker.nodeId(), broker.host() + ":" + broker.port()));
        response.topics().forEach(this::learn);
    }

    private void learn(MetadataResponse.MetadataResponseTopic known) {
        if (known.errorCode() == ErrorCode.NONE.code() && !known.topicId().equals(topicId)) {
            // Another topic of the same name, whose epochs begin anew.
            topicId = known.topicId();
            leaders.clear();
        }
        known.partitions().forEach(partition -> {
            Leader before = leaders.get(partition.partitionIndex());
            // An answer of a broker that lags behind must not undo what is known already.
            if (before == null || partition.leaderEpoch() >= before.epoch) {
                leaders.put(partition.partitionIndex(), new Leader(partition.leaderId(), partition.leaderEpoch()));
            }
        });
    }

    /** How many partitions are known of. */
    int partitionsKnown() {
        return leaders.size();
    }

    // --- coordinators

    /** Of what a coordinator is asked for. */
    enum CoordinatorKind {
        GROUP((byte) 0),
        TRANSACTION((byte) 1);

        private final byte keyType;

        CoordinatorKind(byte keyType) {
            this.keyType = keyType;
        }
    }

    /** Where the coordinator of a group or a transactional id is; empty if that cannot be said now. */
    CompletableFuture<Optional<String>> findCoordinator(CoordinatorKind kind, String key) {
        FindCoordinatorRequest request =
                new FindCoordinatorRequest().setKeyType(kind.keyType).setCoordinatorKeys(new ArrayList<>(List.of(key)));
        CompletableFuture<FindCoordinatorResponse> sent = sendAnywhere(request, FIND_VERSION);
        return sent.handle((response, failure) -> {
            if (response == null || response.coordinators().get(0).errorCode() != ErrorCode.NONE.code()) {
                return Optional.empty();
            }
            FindCoordinatorResponse.Coordinator found = response.coordinators().get(0);
            return Optional.of(found.host() + ":" + found.port());
        });
    }
}
