package io.ottla.bench.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How one kind of broker is started: what differs between the brokers is here, and nowhere else. Immutable. */
public interface BrokerRecipe {
    /** Its key in results and options. */
    String name();

    /** Its name and version for people. */
    String title();

    /** The properties that it needs beyond those common to all. */
    Map<String, String> properties(BrokerFiles files);

    /** The command that starts it with this properties file. */
    List<String> command(BrokerFiles files, Path properties);

    /** Variables for the command. */
    default Map<String, String> environment(BrokerFiles files) {
        return Map.of();
    }

    /** The command that must have ended well before the first start on empty directories; empty for none. */
    default List<String> format(Path properties) {
        return List.of();
    }

    /** The command that starts its ZooKeeper; empty if it needs none of its own. */
    default List<String> zooKeeper(BrokerFiles files) {
        return List.of();
    }
}
