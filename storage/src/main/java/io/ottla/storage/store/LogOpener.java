package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.PartitionMetadataFile;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogContext;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.recovery.LoadRequest;
import io.ottla.storage.recovery.LogLoader;
import io.ottla.storage.recovery.RecoveredLog;
import java.io.IOException;
import java.util.UUID;

/** Makes logs of what lies in a directory, or of nothing. Any thread; blocks. */
final class LogOpener {
    private final StoreSettings settings;
    private final StoreEnvironment environment;

    LogOpener(StoreSettings settings, StoreEnvironment environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /** Loads the log that lies in a directory under this name. */
    PartitionLog load(StoreDirectory directory, TopicPartition partition, String name) throws IOException {
        LogDirectory files = directory.directory();
        if (!directory.isOnline()) {
            throw new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, files.path() + " is offline");
        }
        LogConfig config = environment.configs().apply(partition);
        RecoveredLog recovered = LogLoader.load(new LoadRequest(
                files,
                name,
                directory.cleanShutdown(),
                directory.recoveryPoint(partition),
                directory.logStart(partition),
                config.segments().indexIntervalBytes(),
                settings.producerExpirationMs(),
                environment.clock().millis()));
        UUID topicId = PartitionMetadataFile.read(files, recovered.partitionDirectory())
                .orElse(PartitionLog.NO_TOPIC_ID);
        LogContext context = context(files, partition, topicId);
        return PartitionLog.of(
                context, recovered, directory.highWatermark(partition), directory.cleanedOffset(partition), config);
    }

    /** Creates an empty log under this name. */
    PartitionLog create(LogDirectory files, TopicPartition partition, String name, UUID topicId, LogConfig config)
            throws IOException {
        RecoveredLog created = LogLoader.create(new LoadRequest(
                files,
                name,
                true,
                0,
                0,
                config.segments().indexIntervalBytes(),
                settings.producerExpirationMs(),
                environment.clock().millis()));
        if (!topicId.equals(PartitionLog.NO_TOPIC_ID)) {
            PartitionMetadataFile.write(files, created.partitionDirectory(), topicId);
        }
        return PartitionLog.of(context(files, partition, topicId), created, 0, PartitionLog.NEVER_CLEANED, config);
    }

    private LogContext context(LogDirectory files, TopicPartition partition, UUID topicId) {
        return new LogContext(
                partition,
                topicId,
                files,
                environment.homes().apply(partition),
                environment.workers(),
                environment.clock(),
                environment.random().nextDouble());
    }
}
