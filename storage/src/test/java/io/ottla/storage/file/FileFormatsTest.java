package io.ottla.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.api.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the small files of a log directory are Apache Kafka's, and a bad one is told by file, key and line. */
class FileFormatsTest {
    @TempDir
    private Path root;

    private NioLogDirectory directory;

    @BeforeEach
    void open() throws IOException {
        directory = NioLogDirectory.open(root);
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(root.resolve(name), content);
    }

    @Test
    void metaPropertiesAreWrittenAndReadBack() throws Exception {
        assertThat(MetaProperties.read(directory)).isEmpty();
        new MetaProperties(7, "abc_DEF-1").write(directory);
        assertThat(MetaProperties.read(directory)).contains(new MetaProperties(7, "abc_DEF-1"));
        Properties properties = new Properties();
        try (var in = Files.newInputStream(root.resolve("meta.properties"))) {
            properties.load(in);
        }
        assertThat(properties)
                .containsEntry("version", "0")
                .containsEntry("broker.id", "7")
                .containsEntry("cluster.id", "abc_DEF-1");
    }

    @Test
    void metaPropertiesOfAnotherBrokerOrClusterNameFileKeyAndBothValues() throws Exception {
        MetaProperties found = new MetaProperties(7, "abc");
        assertThatThrownBy(() -> found.validate(directory, new MetaProperties(8, "abc")))
                .hasMessageContaining(root.resolve("meta.properties") + ": broker.id is 7, expected 8");
        assertThatThrownBy(() -> found.validate(directory, new MetaProperties(7, "xyz")))
                .hasMessageContaining("cluster.id is abc, expected xyz");
        found.validate(directory, new MetaProperties(-1, null));
        found.validate(directory, found);
    }

    @Test
    void metaPropertiesOfKRaftAreRefused() throws Exception {
        write("meta.properties", "version=1\nnode.id=1\ncluster.id=x\n");
        assertThatThrownBy(() -> MetaProperties.read(directory)).hasMessageContaining("version is 1, expected 0");
        write("meta.properties", "version=0\nbroker.id=one\n");
        assertThatThrownBy(() -> MetaProperties.read(directory))
                .hasMessageContaining("broker.id is one, expected a number");
    }

    @Test
    void checkpointsAreWrittenSortedAndReadBack() throws Exception {
        OffsetCheckpoint checkpoint = new OffsetCheckpoint(directory, OffsetCheckpoint.RECOVERY_POINTS);
        assertThat(checkpoint.read()).isEmpty();
        Map<TopicPartition, Long> offsets =
                Map.of(new TopicPartition("b", 0), 5L, new TopicPartition("a", 10), 7L, new TopicPartition("a", 2), 1L);
        checkpoint.write(offsets);
        assertThat(root.resolve(OffsetCheckpoint.RECOVERY_POINTS)).hasContent("0\n3\na 2 1\na 10 7\nb 0 5\n");
        assertThat(checkpoint.read()).isEqualTo(offsets);
    }

    @Test
    void aBadCheckpointNamesFileAndLine() throws Exception {
        OffsetCheckpoint checkpoint = new OffsetCheckpoint(directory, "cp");
        for (String content : new String[] {"", "1\n0\n", "0\nx\n", "0\n2\na 1 2\n", "0\n1\na 1\n", "0\n1\na 1 x\n"}) {
            write("cp", content);
            assertThatThrownBy(checkpoint::read)
                    .as("content %s", content)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(root.resolve("cp") + ", line ");
        }
    }

    @Test
    void theCleanShutdownMarkerKeepsTheBrokerEpoch() throws Exception {
        CleanShutdownMarker marker = new CleanShutdownMarker(directory);
        assertThat(marker.exists()).isFalse();
        assertThat(marker.brokerEpoch()).isEqualTo(-1);
        marker.write(42);
        assertThat(marker.brokerEpoch()).isEqualTo(42);
        write(".kafka_cleanshutdown", "");
        assertThat(marker.exists()).isTrue();
        assertThat(marker.brokerEpoch()).isEqualTo(-1);
        marker.remove();
        assertThat(marker.exists()).isFalse();
    }

    @Test
    void aDirectoryGoesOfflineOnceAndSaysWhy() {
        StringBuilder told = new StringBuilder();
        directory.health().onOffline(told::append);
        directory.health().takeOffline("append to x-0", new IOException("broken"));
        directory.health().takeOffline("read of y-0", new IOException("later"));
        assertThat(told).hasToString("append to x-0 failed: java.io.IOException: broken");
        assertThat(directory.health().offlineReason()).isEqualTo(told.toString());
    }
}
