package io.ottla.broker.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration of a broker at one moment: one typed view per subsystem over the same checked values.
 * Immutable; any thread.
 */
public final class BrokerConfig {
    private final ConfigText text;
    private final ConfigValues values;
    private final ListenerConfig listeners;
    private final List<String> warnings;

    private BrokerConfig(ConfigText text, ConfigValues values, ListenerConfig listeners, List<String> warnings) {
        this.text = text;
        this.values = values;
        this.listeners = listeners;
        this.warnings = warnings;
    }

    /**
     * Reads a properties file.
     *
     * @param overrides {@code key=value} settings that go before those of the file
     * @throws ConfigException with everything that is wrong
     */
    public static BrokerConfig load(Path file, List<String> overrides) {
        return of(ConfigText.read(file, overrides));
    }

    /**
     * A configuration of settings that come from no file.
     *
     * @throws ConfigException with everything that is wrong
     */
    public static BrokerConfig of(Map<String, String> settings) {
        return of(ConfigText.of(settings));
    }

    static BrokerConfig of(ConfigText text) {
        Problems problems = new Problems();
        ConfigValues values = ConfigValues.parse(text.settings(), problems);
        ListenerConfig listeners = new ListenerParser(values, problems).parse();
        new MutualChecks(values, problems).run();
        List<String> warnings = new ArrayList<>(text.warnings());
        checkNames(text, values, problems, warnings);
        if (!problems.found().isEmpty()) {
            throw new ConfigException(problems.found(), text);
        }
        return new BrokerConfig(text, values, listeners, List.copyOf(warnings));
    }

    /**
     * This configuration with dynamic settings laid on it.
     *
     * @throws ConfigException if they do not go with the rest
     */
    BrokerConfig withDynamic(Map<String, String> settings) {
        Map<String, String> merged = new TreeMap<>(text.settings());
        merged.putAll(settings);
        return of(new ConfigText(Collections.unmodifiableMap(merged), text.where(), List.of()));
    }

    private static void checkNames(ConfigText text, ConfigValues values, Problems problems, List<String> warnings) {
        boolean strict = values.get(IdentityConfig.CONFIG_STRICT);
        text.settings().forEach((name, value) -> {
            if (ConfigCatalog.find(name) != null || ConfigCatalog.isPluginSetting(name, values)) {
                return;
            }
            String nearest = Spelling.nearest(name, ConfigCatalog.all().keySet());
            String hint = nearest == null ? "" : "; did you mean " + nearest + "?";
            if (strict) {
                problems.add(new ConfigProblem(name, value, "a known property" + hint, "Unknown property" + hint));
            } else {
                String where = text.whereSet(name);
                warnings.add((where == null ? "" : where + ": ") + name + " is not a known property" + hint);
            }
        });
        boolean oldPort = values.isSet(ListenerConfig.PORT) || values.isSet(ListenerConfig.HOST_NAME);
        if (oldPort && values.isSet(ListenerConfig.LISTENERS)) {
            warnings.add("port and host.name are ignored because listeners is set");
        }
    }

    /** What the operator should read at start, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** The properties that the operator has set and that change nothing, in order of names. */
    public List<String> acceptedWithoutEffect() {
        return text.settings().keySet().stream()
                .filter(name -> hasNoEffect(ConfigCatalog.find(name)))
                .toList();
    }

    private static boolean hasNoEffect(@Nullable ConfigKey<?> key) {
        return key != null && key.effect() == ConfigKey.Effect.NONE;
    }

    /** All values, for what has no typed view. */
    public ConfigValues values() {
        return values;
    }

    public IdentityConfig identity() {
        return new IdentityConfig(values);
    }

    public ListenerConfig listeners() {
        return listeners;
    }

    public NetworkConfig network() {
        return new NetworkConfig(values);
    }

    public FetchConfig fetch() {
        return new FetchConfig(values);
    }

    public ZooKeeperConfig zooKeeper() {
        return new ZooKeeperConfig(values);
    }

    public TopicDefaults topics() {
        return new TopicDefaults(values);
    }

    public LogDefaults logs() {
        return new LogDefaults(values);
    }

    public StorageConfig storage() {
        return new StorageConfig(values);
    }

    public ReplicationConfig replication() {
        return new ReplicationConfig(values);
    }

    public QuotaConfig quotas() {
        return new QuotaConfig(values);
    }

    public ControllerConfig controller() {
        return new ControllerConfig(values);
    }

    public GroupConfig groups() {
        return new GroupConfig(values);
    }

    public TransactionConfig transactions() {
        return new TransactionConfig(values);
    }
}
