package io.github.gracefulboot.test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/**
 * The rules that the packages keep.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.gracefulboot.test";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void theEngineKnowsNothingOfTheApi() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(ROOT + ".http", ROOT + ".process", ROOT + ".load", ROOT + ".balancer")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(ROOT, ROOT + ".cli", ROOT + ".context")
			.because("what sends requests and starts processes is of use without JUnit")
			.check(CLASSES);
	}

	@Test
	void onlyContextsNeedTheStarter() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage(ROOT + ".context")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.github.gracefulboot", "io.github.gracefulboot.shutdown..",
					"io.github.gracefulboot.traffic..")
			.because("an application without the starter can be tested, too")
			.check(CLASSES);
	}

	@Test
	void theProgramNeedsNoJUnit() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(ROOT + ".http", ROOT + ".load", ROOT + ".balancer", ROOT + ".cli")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.junit..", "org.assertj..")
			.because("it runs without tests")
			.check(CLASSES);
	}

}
