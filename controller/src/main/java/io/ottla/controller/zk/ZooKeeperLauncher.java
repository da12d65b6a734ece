package io.ottla.controller.zk;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** Runs a ZooKeeper server, alone or as a member of an ensemble, as its {@code zookeeper.properties} says. */
public final class ZooKeeperLauncher {

    private ZooKeeperLauncher() {}

    /**
     * Runs ZooKeeper's own main on this file. It blocks while the server runs, and ends the process with a status of
     * its own when the server stops or the file is not valid.
     *
     * @throws IllegalArgumentException if there is no such file
     */
    public static void run(Path properties) {
        if (!Files.isReadable(properties)) {
            throw new IllegalArgumentException("cannot read ZooKeeper's configuration " + properties);
        }
        // Neither Jetty nor log4j 1 is on the class path; without these ZooKeeper looks for them and complains.
        setUnlessGiven("zookeeper.admin.enableServer", "false");
        setUnlessGiven("zookeeper.jmx.log4j.disable", "true");
        QuorumPeerMain.main(new String[] {properties.toString()});
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
