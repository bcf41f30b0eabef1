"""The titles of columns in the tables that platforms write, in many languages.

They say what the columns of rosters and worksheets hold. Those of Moodle are from its language
packs. What a column with another title holds is never guessed: the caller says that it was not
used, or asks for the right one.
"""

# Letters of other alphabets look like ours.
# ruff: noqa: RUF001

import enum
import re
from collections.abc import Iterable, Mapping, Sequence

from grader.report.normalize import normalize

_NOT_IN_WORDS = re.compile(r"[\W_]+")


class Column(enum.Enum):
    """What a column of a table holds.

    ID is the student's id at the school. PARTICIPANT is the number that Moodle gives a student in
    one assignment, which means nothing elsewhere. ACCOUNT is a name at another site, such as
    GitHub. ROLE says who is a teacher. FULL_NAME is the whole name, FIRST_NAME and
    LAST_NAME its parts. CAN_CHANGE, SUBMITTED_AT and GRADED_AT are columns in which nothing is
    ever filled in.
    """

    ID = "id"
    PARTICIPANT = "participant"
    ACCOUNT = "account"
    ROLE = "role"
    FULL_NAME = "full name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    EMAIL = "email"
    GROUP = "group"
    GRADE = "grade"
    MAXIMUM = "maximum"
    SCALE = "scale"
    FEEDBACK = "feedback"
    CAN_CHANGE = "can change"
    SUBMITTED_AT = "submitted at"
    GRADED_AT = "graded at"


# The words for each column, in order of preference where a table has several of them.
COLUMN_WORDS: Mapping[Column, Sequence[str]] = {
    Column.ID: (
        "id", "student id", "sis user id", "sis login id", "sis id", "identifier", "id number",
        "student number", "registration number", "matriculation", "matriculation number",
        "Matrikelnummer", "Matrikelnr", "Matr.-Nr.", "Matrikel", "mtknr", "CRN ID", "PID",
        "org defined id", "N° étudiant", "Matrícula", "Numer albumu", "Nutzername",
        "Nutzernamen", "number", "sid", "username", "login",
        "login id", "user id", "ID-Nummer", "Anmeldename", "Benutzername",
        "Numéro d’identification", "Numéro étudiant", "Nom d’utilisateur", "Número de ID",
        "Nombre de usuario", "Codice identificativo", "Codice ID", "Matricola", "Nummer (ID)",
        "Studentnummer", "Gebruikersnaam", "Número de identificação (ID)",
        "Número de identificação", "Nome de utilizador", "Nome de usuário", "Número ID",
        "Nom d'usuari", "Numer Indeksu", "Nazwa użytkownika", "Индивидуальный номер", "Логин",
        "Індивідуальний номер", "Ім’я входу", "Användarnamn", "ID numarası",
        "Kullanıcı adı", "Număr ID", "Nume de utilizator", "ID numeris", "Naudotojo vardas",
        "ID zenbakia", "Erabiltzaile-izena", "Αναγνωριστικός αριθμός", "Όνομα χρήστη",
        "رقم المُعرَّف", "اسم المستخدم", "学号", "用户名", "学籍番号",
        "IDナンバ", "ユーザ名", "id 번호",
        "사용자 아이디",
    ),
    Column.PARTICIPANT: (
        "Identifier", "Identifiant", "Identificador", "Identificativo", "Identificatie", "ID",
        "Identyfikator", "Идентификатор", "Ідентифікатор", "Identifierare", "Tanımlayıcı",
        "Identificator", "Identifikatorius", "Identifikatzailea", "Identifikátor",
        "Αναγνωριστικό", "المُعرَّف", "شناخت کنندہ", "标识符", "식별자",
    ),
    Column.ACCOUNT: (
        "github username", "github account", "github handle", "github login", "github",
        "gitlab username", "account",
    ),
    Column.ROLE: (
        "role", "roles", "course role", "user role", "Rolle", "Rollen", "Rôle", "Rôles", "Rol",
        "Ruolo", "Ruoli", "Papel", "Função", "Rola", "Роль", "Roll", "Roller", "角色", "ロール",
        "역할",
    ),
    Column.FULL_NAME: (
        "name", "full name", "user full name", "student", "student name", "display name",
        "Vollständiger Name", "Nom complet", "Nom complet de l’utilisateur",
        "Nom complet de l'usuari", "Nombre completo", "Nombre completo del usuario",
        "Nome completo", "Nome completo dell'utente", "Nome completo do utilizador",
        "Nome completo do usuario", "Nome completo do usuário", "Volledige naam",
        "Volledige naam van de gebruiker", "Pełna nazwa", "Imię i nazwisko", "Полное имя",
        "Полное имя пользователя", "Повне ім'я користувача", "Fullständigt namn", "Tam adı",
        "Kullanıcının tam adı", "Nume complet", "Numele complet al utilizatorului",
        "Visas naudotojo vardas", "Izen osoa", "Erabiltzailearen izen osoa", "Πλήρες όνομα",
        "Πλήρες όνομα χρήστη", "الاسم كاملا", "پورا نام", "全名", "用户全名", "姓名",
        "氏名",
        "フルネーム", "ユーザフルネーム", "전체 이름", "사용자 성명",
    ),
    Column.FIRST_NAME: (
        "first name", "given name", "given names", "first", "first name of student", "Vorname",
        "Vornamen", "Prénom", "Prénoms", "Voornaam", "Imię", "Имя", "Ім'я", "Förnamn", "Adı",
        "Prenume", "Vardas", "Izena", "Nombre", "Nombres", "Nome", "Nom", "Όνομα",
        "Μικρό/Βαπτιστικό όνομα", "الاسم الأول", "پہلا نام", "名", "이름",
    ),
    Column.LAST_NAME: (
        "last name", "surname", "family name", "last", "family name of student", "Nachname",
        "Familienname", "Nom de famille", "Cognoms", "Apellido(s)", "Apellido",
        "Cognome", "Apelidos", "Apelido", "Sobrenome", "Achternaam", "Nazwisko", "Фамилия",
        "Прізвище", "Efternamn", "Soyadı", "Nume de familie", "Pavardė", "Abizena(k)", "Abizena",
        "Nom", "Επίθετο", "الاسم الأخير", "نام کا آخری حصہ", "姓", "성",
    ),
    Column.EMAIL: (
        "email", "email address", "mail", "student email", "E-Mail-Adresse", "Adresse de courriel",
        "Adresse électronique", "Adresse e-mail",
        "Courriel", "Dirección de correo", "Correo electrónico",
        "Indirizzo email", "E-mailadres", "Endereço de email", "Enderezo de correo",
        "Adreça electrònica", "Adres e-mail", "Адрес электронной почты", "Электронная почта",
        "Електронна пошта", "E-postadress", "E-posta adresi", "Adresa de e-mail",
        "El. pašto adresas", "Helbide elektronikoa", "Διεύθυνση ηλε.ταχυδρομείου",
        "عنوان البريد الإلكتروني", "ای میل اڈریس", "电子邮件地址", "邮箱", "电子邮箱",
        "メールアドレス", "이메일 주소",
    ),
    Column.GROUP: (
        "Group", "Groups", "Gruppe", "Gruppen", "Groupe", "Groupes", "Grupo", "Grupos", "Gruppo",
        "Gruppi", "Groep", "Groepen", "Grup", "Grups", "Grupa", "Grupy", "Группа", "Группы",
        "Група", "Групи", "Grupp", "Grupper", "Gruplar", "Grupuri", "Grupė", "Taldea", "Ομάδα",
        "المجموعة", "گروپ", "小组", "グループ", "그룹", "모둠",
    ),
    Column.GRADE: (
        "Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Nota", "Cijfer",
        "Beoordeling", "Avaliação", "Qualificació", "Cualificación", "Ocena", "Оценка", "Оцінка",
        "Betyg", "Not", "Notă", "Įvertinimas", "Kalifikazioa", "Βαθμός", "الدرجة", "درجہ", "گریڈ",
        "成绩", "評点", "評定", "성적",
    ),
    Column.MAXIMUM: (
        "Maximum grade", "Bestwertung", "Note maximale", "Calificación máxima",
        "Valutazione massima", "Maximaal cijfer", "Nota máxima", "Qualificació màxima",
        "Cualificación máxima", "Maksymalna ocena", "Максимальная оценка", "Максимальна оцінка",
        "Maxbetyg", "Enyüksek not", "Notă maximă", "Didžiausias įvertinimas",
        "Gehieneko kalifikazioa", "Μέγιστος Βαθμός", "أعلى تقدير", "زیادہ سے زیادہ گریڈ", "最高分",
        "最大評点", "최대 성적",
    ),
    Column.SCALE: (
        "Scale", "Skala", "Barème", "Escala", "Scala", "Schaal", "Шкала", "Ölçek", "Scală",
        "Skalė", "Eskala", "Škála", "Κλίμακα", "المقياس", "اسکیل", "量表", "評価尺度", "척도",
    ),
    Column.FEEDBACK: (
        "Feedback comments", "Feedback als Kommentar", "Feedback par commentaires",
        "Comentarios de retroalimentación", "Commenti di feedback", "Commenti",
        "Feedback opmerkingen", "Feedback tekstvak", "Comentários de feedback",
        "Comentaris de retroacció", "Comentarios", "Komentarz zwrotny",
        "Отзыв в виде комментария", "Відгук - коментарем", "Återkopplingskommentarer",
        "Geri bildirim yorumları", "Comentarii de feedback", "Grįžtamojo ryšio komentarai",
        "Feedback-iruzkinak", "Σχόλια ανατροφοδότησης", "تعليقات الإفادة", "تاثرات کے تبصرے",
        "反馈意见", "フィードバックコメント", "피드백 코멘트",
    ),
    Column.CAN_CHANGE: (
        "Grade can be changed", "Bewertung kann geändert werden", "La note peut être modifiée",
        "La calificación puede ser cambiada", "La valutazione può essere cambiata",
        "Het cijfer kan gewijzigd worden", "A nota pode ser alterada", "Nota pode ser alterada",
        "Es pot canviar la qualificació", "A cualificación pode seren cambiada",
        "Ocena może być zmieniona", "Оценка может быть изменена", "Оцінка може бути змінена",
        "Betyg kan ändras", "Not değiştirilebilir", "Nota poate fi schimbată",
        "Įvertinimas gali būti pakeistas", "Kalifikazioa alda daiteke",
        "Ο βαθμός μπορεί να αλλάξει", "يمكن تغيير الدرجة", "گریڈ تبدیل کیا جا سکتا ہے",
        "允许更改成绩", "評点変更可",
    ),
    Column.SUBMITTED_AT: (
        "Last modified (submission)", "Zuletzt geändert (Abgabe)",
        "Dernière modification (travail remis)", "Última modificación (entrega)",
        "Ultima modifica (consegna)", "Laatst gewijzigd (inzending)",
        "Última atualização (submissão)", "Última modificação (envio)",
        "Darrera modificació (tramesa)", "Ostatnia modyfikacja (przesłane rozwiązanie)",
        "Последнее изменение (ответ)", "Востаннє змінювалося (здача)",
        "Senast modifierat (inlämning)", "Son düzenleme (gönderim)",
        "Ultima modificare (a răspunsului)", "Paskutinį kartą keista (pateikimas)",
        "Azken aldaketa (bidalketa)", "Poslední změna (odevzdaný úkol)",
        "Τελευταία τροποποιημένη (υποβολή)", "آخر تعديل (التسليم)", "آخری ترمیم (جمع کرانے)",
        "上次修改（作业）", "最終更新日時 (提出)", "마지막 수정됨(제출)",
    ),
    Column.GRADED_AT: (
        "Last modified (grade)", "Zuletzt geändert (Bewertung)", "Dernière modification (note)",
        "Última modificación (calificación)", "Ultima modifica (valutazione)",
        "Laatst gewijzigd (beoordeling)", "Laatst gewijzigd (cijfer)",
        "Última atualização (avaliação)", "Última modificação (nota)",
        "Darrera modificació (qualificació)", "Última modificación (cualificación)",
        "Ostatnia aktualizacja (ocena)", "Последнее изменение (оценка)",
        "Востаннє змінювалося (оцінка)", "Senast modifierat (betyg)", "Son düzenleme (not)",
        "Ultima modificare (nota)", "Paskutinį kartą keista (įvertinimas)",
        "Azken aldaketa (kalifikazioa)", "Poslední změna (hodnocení)",
        "Τελευταία τροποποίηση (βαθμολόγηση)", "آخر تعديل (التقدير)", "آخری ترمیم شدہ (درجہ)",
        "上次修改（评分）", "最終更新日時 (評定)", "마지막 수정됨(성적)",
    ),
}  # fmt: skip


def fold_title(title: str) -> str:
    """Return a title without case, white space and punctuation, as titles are compared."""
    return _NOT_IN_WORDS.sub("", normalize(title))


def find_columns(header: Sequence[str], kinds: Iterable[Column]) -> dict[Column, int]:
    """Find the columns of a table by the words for them.

    A column is found for one kind only, the first of ``kinds`` that it can be.

    Returns:
        The index of each column that the header has.
    """
    folded: list[str | None] = [fold_title(title) for title in header]
    found: dict[Column, int] = {}
    for kind in kinds:
        words = map(fold_title, COLUMN_WORDS[kind])
        place = next((folded.index(word) for word in words if word and word in folded), None)
        if place is not None:
            found[kind] = place
            folded[place] = None
    return found
