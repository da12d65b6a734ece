package io.ottla.broker.config;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration as it changes while the broker runs. {@link #current()} and {@link #layers()} may be read by any
 * thread; changes come from one thread at a time, which tells the listeners before it returns.
 */
public final class DynamicConfig {
    private static final Logger LOG = LoggerFactory.getLogger(DynamicConfig.class);

    private final BrokerConfig fromFile;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile State state;

    /** Applies a change in one subsystem. */
    public interface Listener {
        /** Called after each change of any property, on the thread that brought it; must not block. */
        void onChange(BrokerConfig before, BrokerConfig after);
    }

    /**
     * The dynamic settings as stored.
     *
     * @param clusterWide those for all brokers
     * @param perBroker those for this broker, which go before the ones for all
     */
    record Layers(SortedMap<String, String> clusterWide, SortedMap<String, String> perBroker) {}

    private record State(BrokerConfig current, Layers layers) {}

    public DynamicConfig(BrokerConfig fromFile) {
        this.fromFile = fromFile;
        this.state = new State(fromFile, new Layers(new TreeMap<>(), new TreeMap<>()));
    }

    /** The configuration in effect. */
    public BrokerConfig current() {
        return state.current();
    }

    /** The rates at which throttled replication may go. */
    public ReplicationRates replicationRates() {
        return ReplicationRates.of(state.layers());
    }

    /** Whether no dynamic setting has ever been applied. */
    public boolean isUntouched() {
        return state.current() == fromFile;
    }

    BrokerConfig fromFile() {
        return fromFile;
    }

    Layers layers() {
        return state.layers();
    }

    /** A listener is told of changes from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Replaces the dynamic settings for all brokers. */
    public synchronized void applyClusterWide(Map<String, String> settings) {
        apply(new Layers(new TreeMap<>(settings), state.layers().perBroker()));
    }

    /** Replaces the dynamic settings for this broker. */
    public synchronized void applyPerBroker(Map<String, String> settings) {
        apply(new Layers(state.layers().clusterWide(), new TreeMap<>(settings)));
    }

    private void apply(Layers layers) {
        BrokerConfig before = state.current();
        BrokerConfig after;
        try {
            after = effective(layers);
        } catch (ConfigException e) {
            LOG.warn("dynamic settings are not applied, because they do not go with the others: {}", e.getMessage());
            after = before;
        }
        state = new State(after, layers);
        for (Listener listener : listeners) {
            listener.onChange(before, after);
        }
    }

    private BrokerConfig effective(Layers layers) {
        TreeMap<String, String> merged = new TreeMap<>();
        mergeValid(merged, ReplicationRates.without(layers.clusterWide()));
        mergeValid(merged, ReplicationRates.without(layers.perBroker()));
        return fromFile.withDynamic(merged);
    }

    /** What was stored under another version of the broker may not be valid here; it must not stop this one. */
    private static void mergeValid(Map<String, String> merged, Map<String, String> layer) {
        layer.forEach((name, text) -> {
            ConfigKey<?> key = ConfigCatalog.find(name);
            if (key == null || key.dynamicMode() == ConfigKey.DynamicMode.READ_ONLY) {
                LOG.warn("the stored dynamic setting {} has no effect: it is not a dynamic property", name);
                return;
            }
            try {
                key.parse(text);
                if (key.effect() == ConfigKey.Effect.FROM_FILE) {
                    LOG.warn(
                            "the stored dynamic setting {} changes nothing: the value in the properties file counts",
                            name);
                } else {
                    merged.put(name, text);
                }
            } catch (IllegalArgumentException e) {
                LOG.warn("the stored dynamic setting {} has no effect: expected {}", name, key.expectation());
            }
        });
    }
}
